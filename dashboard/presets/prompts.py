"""The words that leave the house: a preset's template, filled in, within the team's brand kit."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dashboard.presets.models import BrandKit
from dashboard.presets.templating import render
from dashboard.presets.variables import PRODUCT
from generation.errors import UserFacingError
from generation.text import fold_for_uniqueness


class BannedWord(UserFacingError):
    """A prompt has a word that the team's brand kit bans."""

    def __init__(self, word: str) -> None:
        super().__init__(f"“{word}” is a banned word in your team's brand kit. Say it in other words.")
        self.word = word


def compose(*, template: str, product_name: str, values: Mapping[str, str], kit: BrandKit | None) -> str:
    """The prompt: prefix, the template with its names replaced, suffix. Raises :class:`BannedWord`."""
    return within(kit, render(template, {**values, PRODUCT: product_name}))


def within(kit: BrandKit | None, words: str) -> str:
    """``words`` between the kit's prefix and suffix. Raises :class:`BannedWord`."""
    if kit is None:
        return words
    banned = find_banned(words, kit.banned_words)
    if banned:
        raise BannedWord(banned)
    return " ".join(part for part in (kit.prefix.strip(), words.strip(), kit.suffix.strip()) if part)


def find_banned(text: str, banned: Iterable[str]) -> str:
    """The first banned word that ``text`` has as a word of its own, in capitals or not; else nothing.

    Words are compared as names are, so that neither width nor invisible signs hide one, and Bär is not bar.
    """
    words = {key: word for word in banned if (key := fold_for_uniqueness(word))}
    found = _any_of(tuple(words)).search(fold_for_uniqueness(text)) if words else None
    return words[found[1]] if found else ""


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Folded words, each between the ends of words; the longer of two that begin alike."""
    return re.compile(rf"(?<!\w)({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?!\w)")
