import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("sandbox", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SandboxKey",
            fields=[
                ("id", models.CharField(editable=False, max_length=31, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("key_hash", models.CharField(help_text="SHA-256 of the API key", max_length=64, unique=True)),
                (
                    "plan",
                    models.CharField(
                        choices=[("free", "Free"), ("pro", "Pro"), ("enterprise", "Enterprise")],
                        default="pro",
                        max_length=10,
                    ),
                ),
                ("credits", models.PositiveIntegerField(default=0, help_text="Balance")),
                ("suspended", models.BooleanField(default=False, help_text="Answer every call with 403")),
                ("webhook_secret", models.TextField(help_text="Signs webhooks by the Standard Webhooks scheme")),
                (
                    "faults",
                    models.JSONField(
                        blank=True, default=dict, help_text="Fault switches, see generation/sandbox/faults.py"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="CountedRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counted_requests",
                        to="sandbox.sandboxkey",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["key", "at"], name="sandbox_requests_of_key")],
            },
        ),
        migrations.CreateModel(
            name="SandboxAsset",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="sandbox.sandboxkey"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("tags", models.JSONField(default=list)),
                ("original", models.CharField(help_text="Storage key", max_length=200)),
                ("thumbnail", models.CharField(help_text="Storage key", max_length=200)),
                ("mime", models.CharField(max_length=20)),
                ("extension", models.CharField(max_length=5)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("file_size", models.PositiveIntegerField(help_text="Bytes")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["key", "-id"], name="sandbox_assets_of_key")],
            },
        ),
        migrations.CreateModel(
            name="SandboxJob",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="sandbox.sandboxkey"
                    ),
                ),
                ("idempotency_key", models.CharField(blank=True, max_length=255, null=True)),
                ("model", models.CharField(max_length=40)),
                ("prompt", models.TextField()),
                ("photo", models.CharField(help_text="Storage key of the product photo", max_length=200)),
                ("aspect_ratio", models.CharField(default="1:1", max_length=5)),
                ("num_images", models.PositiveSmallIntegerField(default=1)),
                ("webhook_url", models.TextField(blank=True)),
                ("price", models.PositiveIntegerField(help_text="Credits charged at acceptance")),
                (
                    "faults",
                    models.JSONField(blank=True, default=dict, help_text="The switches in force when it was accepted"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("processing", "Processing"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "pictures",
                    models.JSONField(default=list, help_text="Finished pictures: storage key, mime, width, height"),
                ),
                ("error_message", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(help_text="Not completed before this time")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "look_at",
                    models.DateTimeField(blank=True, help_text="When a worker looks at this job next", null=True),
                ),
                ("runs", models.PositiveSmallIntegerField(default=0, help_text="Looks since the last progress")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "-id"], name="sandbox_jobs_of_key"),
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)), fields=["look_at"], name="sandbox_jobs_due"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "idempotency_key"), name="sandbox_idempotency_key_makes_one_job"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="charges", to="sandbox.sandboxkey"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="charges", to="sandbox.sandboxjob"
                    ),
                ),
                ("kind", models.CharField(choices=[("charge", "Charge"), ("refund", "Refund")], max_length=6)),
                ("credits", models.IntegerField(help_text="Positive for a charge, negative for a refund")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("job", "kind"), name="sandbox_job_charged_once")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="sandbox.sandboxjob"
                    ),
                ),
                ("message_id", models.CharField(help_text="webhook-id; the same for a repeat", max_length=40)),
                ("forged", models.BooleanField(default=False, help_text="A lie with a wrong signature")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, help_text="What the last try brought", max_length=200)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="sandbox_deliveries_due"
                    )
                ],
            },
        ),
    ]
