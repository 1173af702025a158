"""What of a prompt speaks of the scene: not the product's name, and not what it rules out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from . import words

PRODUCT = "product"
_EXTENSION = re.compile(r"\.(?:jpe?g|png|webp)$")
_CLAUSE = re.compile(r"([,.;:!?()\n]+)")
_NEGATION = re.compile(
    r"\b(?:no|without|not|never|avoid|exclude|don't|free of|instead of|rather than|ohne|sans|sin|senza)\s+"
)
_LISTS = re.compile(
    r"\b(?:negative(?: prompt)?|avoid|exclude|(?:do not|don't) (?:include|use|add|show))\s*:([^.]*)"
    r"|--no\s+((?:(?!--).)*)"
    r"|\[([^\]]*)\]"
)
_JOINTS = ("and", "or", "with", "for", "of", "to", "as", "is")
_MARKS = ",.;:!?()"
_REACH = 3  # words that one "no" rules out
_PLACED = r"(?:on|in|at|by|against|before|behind|beside|near|inside|over|under|from)\s+(?:(?:a|an|the|some)\s+)?"
_SCENE_BEGINS = re.compile(
    r"\b(?:on|in|at|against|inside|amid|among|beside|by|near|before|behind|under|over|atop|upon|within|surrounded)\b"
)


@dataclass(frozen=True)
class Request:
    """A prompt in small letters: what it says of the scene, what it rules out, and what stands in the picture."""

    scene: str
    denied: tuple[str, ...]
    subject: str


def listen(prompt: str, product: str) -> Request:
    """Take a prompt apart; `product` is the name of what the photo shows, or nothing where that is not known."""
    name = _folded(_EXTENSION.sub("", _folded(product)).replace("-", " "))
    text = _without_name(_folded(prompt), name)
    scene, denied = _without_negations(text)
    begins = _SCENE_BEGINS.search(scene)
    subject = scene[: begins.start()] if begins else _CLAUSE.split(scene)[0]
    rest = scene[len(subject) :]
    scene = _without_compounds(subject, things=words.KINDS["limp"] if begins else ()) + rest
    return Request(" ".join(scene.split()), denied, name or subject)


def found(text: str, word: str) -> int:
    """Where a word or phrase of its own begins, or −1; "oak" is in "oak-topped" but not in "soak"."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or before in ("-", "_") or after.isalnum() or after == "_"):
            return at
        at = text.find(word, at + 1)
    return -1


def mentions(text: str, choices: Iterable[str]) -> bool:
    return any(found(text, word) >= 0 for word in choices)


def first(text: str, table: dict[str, tuple[str, ...]]) -> str | None:
    """The kind whose word comes first in the text; of two in one place the longer."""
    places = [
        (place, -len(word), kind)
        for kind, choices in table.items()
        for word in choices
        if (place := found(text, word)) >= 0
    ]
    return min(places)[2] if places else None


def last(text: str, table: dict[str, tuple[str, ...]]) -> str | None:
    """The kind whose word comes last, as in "bottle with a cap" the first and in "hat box" the last noun names it."""
    head = re.split(r"\b(?:with|for|of|from)\b", text)[0] or text
    places = [
        (match.end(), len(word), kind)
        for kind, choices in table.items()
        for word in choices
        if word in head
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?:s|es)?(?!\w)", head)
    ]
    return max(places)[2] if places else None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().replace("_", " ").replace("’", "'").split())


def _without_name(text: str, name: str) -> str:
    """The product called "product". A name of one word that says where it stands ("on oak") is no name there."""
    if not name:
        return text
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    single = " " not in name

    def neutral(match: re.Match[str]) -> str:
        placed = single and re.search(_PLACED + r"$", text[: match.start()])
        return match[0] if placed else PRODUCT

    return re.sub(rf"(?<![\w-]){pattern}(?!\w)", neutral, text)


def _without_negations(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without what "no", "without", "instead of"… rule out, and that, phrase by phrase."""
    text, listed = _without_lists(text)
    kept: list[str] = []
    denied = [match[1] for match in re.finditer(r"\b(\w+?)(?:[- ]free|less)\b", text)]
    for clause in _CLAUSE.split(text):
        rest = clause
        while match := _NEGATION.search(rest):
            kept.append(rest[: match.start()])
            phrase, rest = _ruled_out(rest[match.end() :])
            denied.append(phrase)
            kept.append(" ")
        kept.append(rest)
    return "".join(kept), (*denied, *listed)


def _without_lists(text: str) -> tuple[str, list[str]]:
    """The text without what it rules out by lists: "negative prompt: …", "--no …" and words in square brackets."""
    denied: list[str] = []

    def take(match: re.Match[str]) -> str:
        denied.extend(word.strip() for word in re.split(r"[,;]", next(filter(None, match.groups()), "")))
        return ". "

    return _LISTS.sub(take, text), denied


def _ruled_out(text: str) -> tuple[str, str]:
    """The phrase that a negation reaches, and the text behind it."""
    given = text.split()
    start = 0
    while start < len(given) and given[start] in words.FILLERS:
        start += 1
    end, count = start, 0
    while end < len(given) and count < _REACH and given[end] not in words.ENDS:
        if given[end] in ("and", "&") and len(given) - end > 2 and given[end + 2] not in words.ENDS:
            break
        count = 0 if given[end] in ("or", "nor", "and", "&") else count + 1
        end += 1
    return " ".join(given[start:end]), " ".join(["", *given[end:]])


def _without_compounds(subject: str, things: Collection[str]) -> str:
    """The subject without scene words that name a thing: the beach of a beach towel, the snow of a snow boot.

    `things` are words that are the product where a subject ends in them, though a scene may have them too.
    """
    given = subject.split()
    kept: list[str] = []
    naming, behind = False, ""  # whether the word behind is no part of a scene; the words of light behind
    for word in reversed(given):
        bare = word.strip(_MARKS)
        if word != bare:
            naming, behind = False, ""  # a clause ends here
        thing = bare in things
        if thing or (bare in _STEERING and naming and behind not in words.LIGHT_NOUNS):
            naming = True
            kept.insert(0, word[len(bare) :] if word.startswith(bare) else "")
        else:
            naming = bare not in _OF_SCENES
            kept.insert(0, word)
        behind = behind if behind in words.LIGHT_NOUNS else bare
    return " ".join(kept) + (" " if kept else "")


def _single(*groups: Collection[str]) -> frozenset[str]:
    return frozenset(part for group in groups for word in group for part in word.split())


_PLACES = (*words.SURFACES.values(), *words.SETTINGS.values(), *words.MOODS.values(), words.STUDIO)
_LIGHT = (words.LIGHT_WARM, words.LIGHT_COOL, words.LIGHT_GOLDEN, words.LIGHT_LOW)
_DETAILS = (words.LEAVES, words.WINDOW, words.PODIUM, words.ARCH, words.COLOURS, words.MATERIAL_TONES)
_STEERING = _single(*_PLACES, *_LIGHT, *_DETAILS) - _single(words.NEUTRAL, words.LIGHT_NOUNS)
_OF_SCENES = _single(*_PLACES, words.SCENE_NOUNS, words.LIGHT_NOUNS, words.NEUTRAL, words.COLOURS, _JOINTS)
