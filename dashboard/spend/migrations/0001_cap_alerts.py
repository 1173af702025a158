import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("spend", "0001_alerts")]

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_teams"),
        ("generation", "0002_jobs_and_credits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="accounts.team"
                    ),
                ),
                (
                    "cap",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="generation.cap",
                    ),
                ),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="When to send it next; empty when it is over", null=True
                    ),
                ),
                (
                    "mail_fault",
                    models.CharField(blank=True, help_text="Why the last mail was not taken", max_length=200),
                ),
                (
                    "post_fault",
                    models.CharField(blank=True, help_text="What the receiver said instead of yes", max_length=200),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "-id"], name="alert_of_team"),
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="alert_due"),
                ],
            },
        ),
    ]
