"""Values as every database gives them back unchanged, so that their hash stays true."""

import ipaddress
import json
import math
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def plain(value: Any) -> Any:
    """JSON that survives SQLite's text and PostgreSQL's ``jsonb`` alike.

    ``jsonb`` keeps no NUL and no half of a surrogate pair, writes 1e20 as a whole number and has no NaN.
    """
    return _cleaned(json.loads(json.dumps(value, cls=DjangoJSONEncoder)))


def _cleaned(value: Any) -> Any:
    match value:
        case dict():
            return {text(name): _cleaned(inner) for name, inner in value.items()}
        case list():
            return [_cleaned(inner) for inner in value]
        case str():
            return text(value)
        case float() if not math.isfinite(value):
            return str(value)
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def text(value: str) -> str:
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def address(value: str | None) -> str | None:
    """An internet address in its shortest form; nothing for what is none, such as a socket's path."""
    try:
        parsed = ipaddress.ip_address((value or "").partition("%")[0])
    except ValueError:
        return None
    return str(parsed.ipv4_mapped or parsed if parsed.version == 6 else parsed)
