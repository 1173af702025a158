import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("projects", "0001_initial"), ("projects", "0002_covers_and_imports")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("generation", "0001_connections_and_photos"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.CharField(editable=False, max_length=31, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="projects", to="accounts.team"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("brief", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="project_of_team")],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.CharField(editable=False, max_length=31, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="products", to="accounts.team"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("sku", models.CharField(blank=True, max_length=60, verbose_name="SKU")),
                ("tags", models.JSONField(blank=True, default=list)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="products", to="generation.asset"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="product_of_team")],
            },
        ),
        migrations.CreateModel(
            name="ProductImport",
            fields=[
                ("id", models.CharField(editable=False, max_length=33, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="product_imports", to="accounts.team"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("filename", models.CharField(max_length=200)),
                (
                    "started_at",
                    models.DateTimeField(blank=True, help_text="Empty while it is only a preview", null=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="import_of_team")],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="projects.productimport"
                    ),
                ),
                ("line", models.PositiveIntegerField(help_text="Line in the file, the header being line 1")),
                ("name", models.CharField(blank=True, max_length=120)),
                ("sku", models.CharField(blank=True, max_length=60)),
                ("url", models.CharField(blank=True, max_length=2000)),
                ("tags", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("bad", "Cannot be imported"),
                            ("waiting", "Waiting"),
                            ("done", "Imported"),
                            ("failed", "Failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=300)),
                (
                    "due_at",
                    models.DateTimeField(blank=True, help_text="When a worker looks at this row next", null=True),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(default=0, help_text="Times that a worker took this row up"),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="import_row_due"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("batch", "line"), name="import_line_once")],
            },
        ),
    ]
