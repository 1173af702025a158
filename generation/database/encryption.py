"""Text that is encrypted at rest with rotatable keys."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField  # fields cannot be subscripted at run time


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The cipher of ``settings.ENCRYPTION_KEYS``: the first key encrypts, every key decrypts."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS))


class EncryptedField(_Text):
    """A text column whose value is readable in Python and encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return cipher().encrypt(text.encode()).decode() if text else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        return cipher().decrypt(value.encode()).decode() if value else ""

    def deconstruct(self) -> Any:
        """As Django's own field: migrations describe a column, and import no code that may move."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options
