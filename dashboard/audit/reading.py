"""A fact of an event as people read it, who know neither JSON nor how times are kept."""

import textwrap
from typing import Any

from django.utils.dateparse import parse_datetime

from dashboard.ui import times

NAMES = {
    "alert_url": "Address for warnings",
    "approve_own": "May approve their own work",
    "approved_only": "Only approved pictures are downloaded",
    "aspect_ratio": "Shape",
    "base_url": "Address of the API",
    "by": "Signed in by",
    "is_active": "May sign in",
    "is_staff": "Sees the operators' pages",
    "is_superuser": "Runs the server",
    "num_images": "Pictures",
    "photo_delivery": "Product photos",
    "plan_limit": "Requests a minute",
    "retention_days": "Days that pictures are kept",
    "template": "Prompt",
    "warn_at": "Warning at, in percent",
}
"""What a fact is called on the page where people set it, wherever its own name would not do."""


def named(name: str) -> str:
    return NAMES.get(name) or sentence_case(name)


def told(value: Any) -> str:
    """What is inside of a fact stands on lines of its own, each with its name."""
    match value:
        case None | True | False:
            text = {True: "Yes", False: "No", None: "None"}[value]
        case dict() if value:
            text = "\n".join(_under(f"{named(name)}:", inner) for name, inner in value.items())
        case list() if any(isinstance(inner, dict | list) for inner in value):
            text = "\n".join(_under("•", inner) for inner in value)
        case list() if value:
            text = ", ".join(map(told, value))
        case "" | list() | dict():
            text = "Empty"
        case int():
            text = f"{value:,}"
        case _:
            text = _moment(str(value)) or str(value)
    return text


def sentence_case(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _under(name: str, value: Any) -> str:
    return f"{name} {textwrap.indent(told(value), '  ').lstrip()}"


def _moment(text: str) -> str:
    """A time as people write it; empty for any other text."""
    try:
        found = parse_datetime(text) if text[10:11] == "T" else None
    except ValueError:
        return ""
    return times.told(found) if found and found.tzinfo else ""
