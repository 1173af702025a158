import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("api", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("generation", "0002_jobs_and_credits"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallerDelivery",
            fields=[
                ("id", models.CharField(editable=False, max_length=30, primary_key=True, serialize=False)),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="caller_delivery", to="generation.job"
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.apikey"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("answer", models.CharField(blank=True, help_text="What the receiver said last", max_length=200)),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="When to send it next; empty when it is over", null=True
                    ),
                ),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "caller deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="caller_delivery_due"
                    )
                ],
            },
        ),
    ]
