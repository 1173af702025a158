import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("audit", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="audit_head",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
                (
                    "signed_on",
                    models.DateField(blank=True, help_text="The last day whose head was signed and stored", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="audit_events", to="accounts.team"
                    ),
                ),
                ("sequence", models.BigIntegerField(help_text="1 for the team's first event, then without gaps")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "A person"), ("key", "An API key"), ("task", "Packshot itself")],
                        max_length=6,
                    ),
                ),
                ("actor", models.CharField(help_text="The actor's name at that time", max_length=254)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("action", models.CharField(help_text="What was done, e.g. batch.started", max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=40)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("previous", models.CharField(help_text="The hash of the event before", max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "user", "-sequence"], name="event_of_person"),
                    models.Index(fields=["team", "action", "-sequence"], name="event_of_action"),
                    models.Index(fields=["team", "object_id", "-sequence"], name="event_of_object"),
                    models.Index(fields=["team", "created_at"], name="event_of_day"),
                ],
                "constraints": [models.UniqueConstraint(fields=("team", "sequence"), name="one_chain_per_team")],
            },
        ),
    ]
