"""Who makes pictures with a preset, and what they cost."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from dashboard.presets.models import Preset
from generation.models import Job, MonthlySpend


@dataclass(frozen=True, kw_only=True)
class PresetUse:
    who: str
    jobs: int
    pictures: int
    credits: int
    """Captured: what the provider really took."""


def usage(preset: Preset) -> list[PresetUse]:
    """One row for each member and script, the one who spent most first."""
    maker = {"person": F("member__name"), "mail": F("member__email"), "script": F("api_key__name")}
    columns = ("member", "api_key", *maker)
    jobs = Job.objects.filter(team=preset.team_id, preset_version__preset=preset).annotate(**maker)
    stored = Count("images", filter=Q(images__stored_at__isnull=False))
    counted = jobs.order_by().values(*columns).annotate(made=Count("pk", distinct=True), stored=stored)
    spent = _spent(preset)
    rows = [
        PresetUse(
            who=row["person"] or row["mail"] or f"API key {row['script'] or ''}".strip(),
            jobs=row["made"],
            pictures=row["stored"],
            credits=spent.get((row["member"], row["api_key"]), 0),
        )
        for row in counted
    ]
    return sorted(rows, key=lambda row: (-row.credits, -row.jobs, row.who))


def _spent(preset: Preset) -> dict[tuple[int | None, str | None], int]:
    """Credits by member and key, less what was given back."""
    months = MonthlySpend.objects.filter(team=preset.team_id, preset_version__in=preset.versions.values("pk"))
    sums = months.values_list("member", "api_key").annotate(Sum("spent"))
    return {(member or None, key or None): spent for member, key, spent in sums}


def total(rows: list[PresetUse]) -> PresetUse:
    return PresetUse(
        who="",
        jobs=sum(row.jobs for row in rows),
        pictures=sum(row.pictures for row in rows),
        credits=sum(row.credits for row in rows),
    )
