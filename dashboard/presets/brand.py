"""A team's brand kit: what goes around every prompt, what never goes in, and its colours."""

from dataclasses import dataclass

from dashboard.accounts.models import Team
from dashboard.presets.models import BrandKit


@dataclass(frozen=True)
class Colour:
    name: str
    value: str
    """``#rrggbb``."""

    @property
    def words(self) -> str:
        """What a colour variable is filled with when this one is chosen: ``Sage (#8aa887)``."""
        return f"{self.name} ({self.value})"


def kit_of(team: Team) -> BrandKit | None:
    return BrandKit.objects.filter(team=team).first()


def palette(kit: BrandKit | None) -> tuple[Colour, ...]:
    """The team's colours, which forms offer for every variable of kind ``colour``."""
    return tuple(Colour(name=row["name"], value=row["value"]) for row in kit.palette) if kit else ()
