from datetime import datetime


def iso(moment: datetime) -> str:
    """A UTC time as the contract writes it: ``2024-01-15T10:30:00.000Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
