"""Who makes pictures with a preset, and what they cost."""

from dataclasses import dataclass

from django.db.models import Sum

from dashboard.accounts.models import ApiKey, User
from dashboard.presets.models import Preset
from generation.models import MonthlySpend


@dataclass(frozen=True, kw_only=True)
class PresetUse:
    who: str
    jobs: int
    """That were paid for."""
    pictures: int
    credits: int
    """What the provider really took, less what was given back."""


def usage(preset: Preset) -> list[PresetUse]:
    """One row for each member and script that had something captured, the one who spent most first."""
    months = MonthlySpend.objects.filter(team=preset.team_id, preset_version__in=preset.versions.values("pk"))
    sums = months.order_by().values_list("member", "api_key")
    rows = list(sums.annotate(Sum("jobs"), Sum("pictures"), Sum("spent")))
    people = User.objects.in_bulk([member for member, *_ in rows])
    keys = ApiKey.objects.in_bulk([key for _, key, *_ in rows])
    used = [
        PresetUse(
            who=str(people[member]) if member else f"API key {keys[key].name}",
            jobs=jobs,
            pictures=pictures,
            credits=spent,
        )
        for member, key, jobs, pictures, spent in rows
    ]
    return sorted(used, key=lambda row: (-row.credits, -row.jobs, row.who))


def total(rows: list[PresetUse]) -> PresetUse:
    return PresetUse(
        who="",
        jobs=sum(row.jobs for row in rows),
        pictures=sum(row.pictures for row in rows),
        credits=sum(row.credits for row in rows),
    )
