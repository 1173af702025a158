"""Numbers with their nouns, as sentences have them."""


def noun(count: int, one: str, several: str = "") -> str:
    """The word for so many; ``several`` where it is not ``one`` with an s."""
    return one if count == 1 else several or f"{one}s"


def counted(count: int, one: str, several: str = "") -> str:
    """``1 picture``, ``2,000 pictures``."""
    return f"{count:,} {noun(count, one, several)}"
