"""A team's brand kit: what goes around every prompt, what never goes in, and its colours."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.record import record
from dashboard.presets.models import BrandKit
from dashboard.ui.edits import check

COLOURS_MAX = 24
WORDS_MAX = 200
WORD_LENGTH = 60
FIELDS = ("prefix", "suffix", "banned_words", "palette")


@dataclass(frozen=True)
class BrandColour:
    name: str
    value: str
    """``#rrggbb``."""

    @property
    def words(self) -> str:
        """What a colour variable is filled with when this one is chosen: ``Sage (#8aa887)``."""
        return f"{self.name} ({self.value})"


def kit_of(team: Team) -> BrandKit | None:
    return BrandKit.objects.filter(team=team).first()


def palette(kit: BrandKit | None) -> tuple[BrandColour, ...]:
    """The team's colours, which forms offer for every variable of kind ``colour``."""
    return tuple(BrandColour(name=row["name"], value=row["value"]) for row in kit.palette) if kit else ()


def kit_facts(kit: BrandKit | None) -> dict[str, Any]:
    """What can be edited."""
    return {name: getattr(kit or BrandKit(), name) for name in FIELDS}


def save(
    acting: Actor, *, prefix: str, suffix: str, banned_words: list[str], palette: list[BrandColour], seen: str = ""
) -> bool:
    """Change the kit for every prompt from now on. ``False`` when nothing is different.

    Raises ``ChangedMeanwhile``.
    """
    acting.require(Role.ADMIN)
    after = {
        "prefix": prefix,
        "suffix": suffix,
        "banned_words": banned_words,
        "palette": [vars(colour) for colour in palette],
    }
    with transaction.atomic():
        kit, _ = BrandKit.objects.select_for_update().get_or_create(team=acting.team)
        before = kit_facts(kit)
        check(seen, present=before, wanted=after)
        if before == after:
            return False
        BrandKit.objects.filter(pk=kit.pk).update(**after)
        record(acting, "brand_kit.changed", acting.team.id, before=before, after=after)
    return True
