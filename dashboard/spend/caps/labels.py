"""Caps in plain words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats

from generation.credits.caps import CapUsage
from generation.models import Cap
from generation.plurals import counted


def label_of(cap: Cap) -> str:
    """``monthly cap of Spring``, as ``generation.credits.ledger`` calls it when it refuses."""
    return f"{'monthly cap' if cap.period == Cap.Period.MONTH else 'cap'} of {cap.owner}"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """``1 December``, where the team is."""
    return formats.date_format(moment.astimezone(zone), "j F")


def resets(standing: CapUsage, zone: ZoneInfo) -> str:
    """The day on which it resets; nothing where it never does."""
    return day(standing.resets_at, zone) if standing.resets_at else ""


def of_used(used: int, limit: int) -> str:
    """``336 of 400 credits used``."""
    return f"{used:,} of {counted(limit, 'credit')} used"


def share(used: int, limit: int) -> int:
    """Per cent, rounded down; of nothing, all is used."""
    return used * 100 // limit if limit else 100
