"""Preset covers come after the start, in the background: the first page does not wait for them."""

from dashboard.demo.presets import PRESETS
from dashboard.demo.team import TEAM
from dashboard.presets.covers import OPEN
from dashboard.presets.models import Preset
from generation.pipeline import hints


def missing() -> Preset | None:
    """A preset of the demo that waits for its cover."""
    names = [sample.name for sample in PRESETS]
    return Preset.objects.filter(OPEN, team_id=TEAM, archived_at=None, name__in=names).order_by("id").first()


def hint_missing() -> None:
    """Ask a worker for the covers that are missing. A lost hint is sent again by the next start."""
    if missing() is not None:
        hints.send("dashboard.demo.tasks.draw_next_cover")
