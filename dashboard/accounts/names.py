"""Names of people and teams: others read them in lists, in the subject of mails and in the audit log."""

import unicodedata

_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
"""What turns the direction of the text around a name."""
_BREAKING = {"Cc", "Zl", "Zp"}


def folded(address: str) -> str:
    """A mail address as it is compared: every spelling that finds the same account is the same text."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def one_line(text: str) -> str:
    """The name as others can read it: on one line, in its own direction; empty when nothing of it can be seen."""
    kept = (" " if unicodedata.category(sign) in _BREAKING else sign for sign in text if sign not in _TURNING)
    name = " ".join("".join(kept).split())
    return name if any(unicodedata.category(sign)[0] not in "CZ" for sign in name) else ""
