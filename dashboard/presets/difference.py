"""What changed between two versions, so that a person can read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from dashboard.presets.models import PresetVersion
from dashboard.presets.variables import Variable, read

_WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
SETTINGS = {"model": "Model", "aspect_ratio": "Shape", "num_images": "Pictures of each"}
PARTS = {
    "label": "label", "kind": "kind", "default": "default", "required": "required", "help": "help",
    "choices": "choices",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """Words of a prompt; ``kind`` is same, gone or new."""

    text: str
    kind: str


@dataclass(frozen=True)
class VersionChange:
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class VersionDifference:
    prompt: list[Piece]
    changes: list[VersionChange]

    @property
    def same_words(self) -> bool:
        return all(piece.kind == "same" for piece in self.prompt)

    def __bool__(self) -> bool:
        return bool(self.changes) or not self.same_words


def compare(older: PresetVersion, newer: PresetVersion) -> VersionDifference:
    changes = [*_settings(older, newer), *_variables(read(older.variables), read(newer.variables))]
    return VersionDifference(list(word_diff(older.template, newer.template)), changes)


def word_diff(older: str, newer: str) -> Iterator[Piece]:
    """Both texts as one, word by word: the pieces that are not ``gone`` make ``newer``."""
    before, after = _WORD.findall(older), _WORD.findall(newer)
    for what, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if what == "equal":
            yield Piece("".join(after[k:m]), "same")
            continue
        if i < j:
            yield Piece("".join(before[i:j]), "gone")
        if k < m:
            yield Piece("".join(after[k:m]), "new")


def _settings(older: PresetVersion, newer: PresetVersion) -> Iterator[VersionChange]:
    for name, label in SETTINGS.items():
        before, after = getattr(older, name), getattr(newer, name)
        if before != after:
            yield VersionChange(label, str(before), str(after))


def _variables(older: tuple[Variable, ...], newer: tuple[Variable, ...]) -> Iterator[VersionChange]:
    before = {variable.name: variable for variable in older}
    after = {variable.name: variable for variable in newer}
    for name, one in before.items():
        if name not in after:
            yield VersionChange(f"Variable {name}", _in_short(one), "taken out")
    for name, one in after.items():
        if name not in before:
            yield VersionChange(f"Variable {name}", "not there", _in_short(one))
        elif before[name] != one:
            yield from _parts(name, before[name], one)
    if list(before) != list(after) and before.keys() == after.keys():
        yield VersionChange("Order of the variables", ", ".join(before), ", ".join(after))


def _parts(name: str, older: Variable, newer: Variable) -> Iterator[VersionChange]:
    for part, label in PARTS.items():
        before, after = getattr(older, part), getattr(newer, part)
        if before != after:
            yield VersionChange(f"Variable {name}: {label}", _shown(before), _shown(after))


def _in_short(variable: Variable) -> str:
    return f"{variable.kind}, {variable.default}" if variable.default else variable.kind


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value) or "nothing"
