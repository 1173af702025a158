"""Names that people can tell apart."""

import itertools

from dashboard.accounts.access import Actor
from dashboard.presets.access import visible
from generation.text import fold_for_uniqueness

NAME_MAX = 80


def names_of(acting: Actor) -> set[str]:
    """The folded names of the presets that somebody sees in the list."""
    names = visible(acting).filter(archived_at=None).values_list("name", flat=True)
    return {fold_for_uniqueness(name) for name in names}


def tell_apart(name: str, taken: set[str], *, origin: str = "") -> str:
    """``name`` as it is if it is free; else with its ``origin``, or with the next number, in brackets behind it.

    Whichever it is, it is ``taken`` from then on.
    """
    marks = itertools.chain([origin] if origin else [], map(str, itertools.count(2)))
    names = itertools.chain([name], (_marked(name, mark) for mark in marks))
    chosen = next(one for one in names if fold_for_uniqueness(one) not in taken)
    taken.add(fold_for_uniqueness(chosen))
    return chosen


def _marked(name: str, mark: str) -> str:
    return f"{name[: NAME_MAX - len(mark) - 3].rstrip()} ({mark})"
