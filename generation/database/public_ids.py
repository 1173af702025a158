"""Public ids: opaque, prefixed, time-ordered strings that serve as primary keys."""

import secrets
import time
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField  # fields cannot be subscripted at run time

_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")
"""From RFC 4648's digits to ones that sort by their value."""
_DIGITS = 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(prefix: str, *, at: datetime | None = None, place: int = 0) -> str:
    """Return ``prefix_`` and 26 base-32 digits: 64 bits of nanoseconds, then 64 random bits.

    Ids sort by the time they were made, so newest-first pages are index scans; those of one moment by their ``place``.
    """
    nanoseconds = (at - _EPOCH) // timedelta(microseconds=1) * 1000 + place if at else time.time_ns()
    number = (nanoseconds << 64) | secrets.randbits(64)
    digits = b32encode(number.to_bytes(20, "big"))[-_DIGITS:].translate(_OURS)
    return f"{prefix}_{digits.decode()}"


class PublicIdField(_Text):
    """A primary key filled with :func:`new_id` when the row is built."""

    def __init__(self, *, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(**{"max_length": len(prefix) + 1 + _DIGITS, "primary_key": True, "editable": False} | options)

    def get_default(self) -> str:
        return new_id(self.prefix)

    def has_default(self) -> bool:
        return True

    def deconstruct(self) -> Any:
        """As Django's own field: migrations describe a column, and import no code that may move."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def clone(self) -> Any:
        """Django copies a field by what it deconstructs to, which knows no prefix here."""
        _, _, _, options = super().deconstruct()
        return type(self)(prefix=self.prefix, **options)
