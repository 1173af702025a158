import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("presets", "0001_initial"), ("presets", "0002_variables_and_brand")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("projects", "0001_projects_and_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preset",
            fields=[
                ("id", models.CharField(editable=False, max_length=33, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="presets", to="accounts.team"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("lifestyle", "Lifestyle"),
                            ("studio", "Studio"),
                            ("seasonal", "Seasonal"),
                            ("custom", "Custom"),
                        ],
                        default="custom",
                        max_length=10,
                    ),
                ),
                ("tags", models.JSONField(blank=True, default=list)),
                (
                    "label",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved")],
                        default="draft",
                        help_text="Approved ones are locked",
                        max_length=10,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("private", "Only me"), ("project", "One project"), ("team", "The whole team")],
                        default="team",
                        max_length=10,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="presets",
                        to="projects.project",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider_id",
                    models.CharField(blank=True, help_text="preset_id where it was imported from", max_length=100),
                ),
                ("cover", models.CharField(blank=True, help_text="Storage key of a thumbnail", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-id"], name="preset_of_team")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=("team", "provider_id"),
                        name="provider_preset_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PresetVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "preset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="presets.preset"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("template", models.TextField(help_text="The prompt; {{product}} stands for the product's name")),
                (
                    "variables",
                    models.JSONField(blank=True, default=list, help_text="As dashboard.presets.variables writes them"),
                ),
                ("model", models.CharField(default="nanobanana2", max_length=40)),
                ("aspect_ratio", models.CharField(default="1:1", max_length=5)),
                ("num_images", models.PositiveSmallIntegerField(default=1)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("preset", "number"), name="preset_version_number_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="preset",
            name="current",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="presets.presetversion",
            ),
        ),
        migrations.CreateModel(
            name="BrandKit",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="brand_kit",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("prefix", models.CharField(blank=True, max_length=300)),
                ("suffix", models.CharField(blank=True, max_length=300)),
                ("banned_words", models.JSONField(blank=True, default=list)),
                (
                    "palette",
                    models.JSONField(blank=True, default=list, help_text='[{"name": "Sage", "value": "#8aa887"}, …]'),
                ),
            ],
        ),
    ]
