"""Moments in words. ``dashboard.accounts.time_zone`` sets whose clock is read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

IN_FULL = "l j F Y, H:i:s"


def zone_name() -> str:
    """``America/New York``: whose clock is read now."""
    return timezone.get_current_timezone_name().replace("_", " ")


def told(at: datetime, shown: str = "j F Y, H:i") -> str:
    """``22 November 2026, 14:05, Europe/Berlin``."""
    return f"{date_format(timezone.localtime(at), shown)}, {zone_name()}"


def utc(at: datetime) -> str:
    """``2026-11-30T14:05:09Z``."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def column(name: str, zone: ZoneInfo) -> str:
    """A heading over times or days in a file: ``time (Europe/Berlin)``."""
    return f"{name} ({zone.key})"
