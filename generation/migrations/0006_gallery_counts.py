"""Counts of the pictures that galleries show. Days are counted by the beat's first look, since they may take long."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TOTALS = """
INSERT INTO generation_gallerytotal (team_id, project, pictures)
SELECT image.team_id, COALESCE(job.project_id, ''), COUNT(*)
FROM generation_image AS image JOIN generation_job AS job ON job.id = image.job_id
WHERE image.stored_at IS NOT NULL AND image.deleted_at IS NULL
GROUP BY image.team_id, COALESCE(job.project_id, '')
"""
CALENDARS = """
INSERT INTO generation_gallerycalendar (team_id, time_zone) SELECT DISTINCT team_id, '' FROM generation_gallerytotal
"""


def _team() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, db_index=False, related_name="+", to="accounts.team"
    )


def _number() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0002_orders_and_sign_in"),
        ("generation", "0005_reconciliation_cursor"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="GalleryCalendar",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.team",
                    ),
                ),
                ("time_zone", models.CharField(blank=True, max_length=64)),
                (
                    "open_before",
                    models.DateField(
                        blank=True,
                        help_text="Days before this one are still to be counted; empty when all are",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GalleryChange",
            fields=[
                ("id", _number()),
                ("team", _team()),
                ("project", models.CharField(blank=True, max_length=40)),
                ("made_at", models.DateTimeField(help_text="When the picture was made, which names its day")),
                ("pictures", models.SmallIntegerField(help_text="1 or -1")),
            ],
            options={"indexes": [models.Index(fields=["team", "id"], name="gallery_change_of_team")]},
        ),
        migrations.CreateModel(
            name="GalleryDay",
            fields=[
                ("id", _number()),
                ("team", _team()),
                ("day", models.DateField(help_text="In the time zone of the team's calendar")),
                ("pictures", models.IntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("team", "day"), name="one_gallery_day")]},
        ),
        migrations.CreateModel(
            name="GalleryTotal",
            fields=[
                ("id", _number()),
                ("team", _team()),
                ("project", models.CharField(blank=True, max_length=40)),
                ("pictures", models.IntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("team", "project"), name="one_gallery_total")]},
        ),
        # The column stays as it is; SQLite would make the whole table anew for a default that only Python knows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="image",
                    name="created_at",
                    field=models.DateTimeField(
                        default=django.utils.timezone.now, help_text="The moment of the capture that paid for it"
                    ),
                )
            ]
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True), ("stored_at__isnull", False)),
                fields=["team", "created_at"],
                name="shown_of_team_by_age",
            ),
        ),
        migrations.RunSQL(TOTALS, migrations.RunSQL.noop),
        migrations.RunSQL(CALENDARS, migrations.RunSQL.noop),
    ]
