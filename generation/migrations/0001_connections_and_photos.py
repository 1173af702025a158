import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("generation", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.CharField(editable=False, max_length=31, primary_key=True, serialize=False)),
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="connection", to="accounts.team"
                    ),
                ),
                ("base_url", models.URLField(max_length=300)),
                (
                    "dialect",
                    models.CharField(
                        choices=[("bearer", "Bearer token (documented)")], default="bearer", max_length=10
                    ),
                ),
                ("key", models.TextField(blank=True)),
                (
                    "plan_limit",
                    models.PositiveIntegerField(
                        default=60, help_text="Requests a minute that the provider's plan allows"
                    ),
                ),
                (
                    "photo_delivery",
                    models.CharField(
                        choices=[("asset", "Upload each photo once"), ("link", "Send an expiring link")],
                        default="asset",
                        max_length=10,
                    ),
                ),
                (
                    "pause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Ready"),
                            ("rate_limit", "The provider asked us to slow down"),
                            ("credits", "The provider is out of credits"),
                            ("key", "The provider refused the key"),
                            ("person", "Somebody paused it"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("pause_message", models.CharField(blank=True, max_length=500)),
                (
                    "paused_until",
                    models.DateTimeField(blank=True, help_text="Empty with a pause: until somebody resumes", null=True),
                ),
                (
                    "balance",
                    models.IntegerField(blank=True, help_text="Credits at the provider when last asked", null=True),
                ),
                ("balance_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PauseNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="generation.connection"
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(blank=True, max_length=12)),
                ("message", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="accounts.team"
                    ),
                ),
                ("original", models.CharField(help_text="Storage key of the file as it was uploaded", max_length=200)),
                ("display", models.CharField(help_text="Storage key of the upright, stripped copy", max_length=200)),
                ("thumbnail", models.CharField(max_length=200)),
                ("mime", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(help_text="Bytes")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("thumb_hash", models.CharField(blank=True, max_length=60)),
                (
                    "provider_id",
                    models.CharField(blank=True, help_text="asset_id at the team's connection", max_length=100),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["team", "sha256"], name="asset_of_team_by_hash")],
            },
        ),
        migrations.CreateModel(
            name="CreditAccount",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="credits",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("granted", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("spent", models.BigIntegerField(default=0)),
                (
                    "time_zone",
                    models.CharField(default="UTC", help_text="Where the team's days and months begin", max_length=64),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("held__gte", 0)), name="held_not_negative")],
            },
        ),
    ]
