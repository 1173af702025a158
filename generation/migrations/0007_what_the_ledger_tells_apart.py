from typing import Any

from django.db import migrations
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from generation.append_only import append_only

COPIED = ("project_id", "member_id", "api_key_id", "preset_version_id", "model")


def fill(apps: Any, editor: Any) -> None:
    """Give earlier holds and entries what new ones are written with."""
    entries, holds, jobs, images = (
        apps.get_model("generation", name) for name in ("LedgerEntry", "Hold", "Job", "Image")
    )
    job = jobs.objects.filter(pk=OuterRef("job"))
    asked = job.annotate(whose=Coalesce("member", "api_key__created_by"))
    held_at, spender = (Subquery(asked.values(name)[:1]) for name in ("created_at", "whose"))
    holds.objects.update(held_at=held_at, spender=spender)
    of_jobs = entries.objects.filter(job__isnull=False)
    of_jobs.update(**{name: Subquery(job.values(name)[:1]) for name in COPIED})
    made = images.objects.filter(job=OuterRef("job")).order_by().values("job").annotate(many=Count("pk"))
    of_jobs.filter(kind="capture").update(pictures=Coalesce(Subquery(made.values("many")), 0))


def roll_up(apps: Any, editor: Any) -> None:
    """Sum up the days so far; every account is still in UTC."""
    entries, days = (apps.get_model("generation", name) for name in ("LedgerEntry", "DailySpend"))
    sums = (
        entries.objects.exclude(spent=0, pictures=0)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values("account", "day", *COPIED)
        .annotate(sum_spent=Sum("spent"), jobs=Count("pk", filter=Q(kind="capture")), sum_pictures=Sum("pictures"))
    )
    days.objects.bulk_create(
        days(
            team_id=row["account"],
            day=row["day"],
            project=row["project_id"] or "",
            member=row["member_id"] or 0,
            api_key=row["api_key_id"] or "",
            preset_version=row["preset_version_id"] or 0,
            model=row["model"],
            spent=row["sum_spent"],
            jobs=row["jobs"],
            pictures=row["sum_pictures"],
        )
        for row in sums
    )


class Migration(migrations.Migration):
    dependencies = [("generation", "0006_caps_and_reports")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(roll_up, migrations.RunPython.noop),
        append_only("generation_ledgerentry"),
    ]
