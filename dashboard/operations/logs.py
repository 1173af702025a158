"""What logs must not keep."""

import logging
import re

_BY_LINK = re.compile(
    r"(/(?:accounts/(?:invitation|you/address|password/reset/key)|files|hooks)/)[^\s/?#\"']+", re.IGNORECASE
)
"""Addresses whose last part lets in whoever has it."""


class WithoutTokens(logging.Formatter):
    """Lines, and tracebacks, in which nobody finds a link that still works."""

    def format(self, record: logging.LogRecord) -> str:
        return _BY_LINK.sub(r"\1…", super().format(record))
