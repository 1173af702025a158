"""The prompt that a template would make, as the editor shows it while it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dashboard.presets import templating
from dashboard.presets.models import BrandKit
from dashboard.presets.prompts import BannedWord, compose, find_banned
from dashboard.presets.templating import TemplateError
from dashboard.presets.variables import PRODUCT, Variable
from generation.contract import PROMPT_MAX


@dataclass(frozen=True)
class PromptPart:
    """``kind`` says where the words come from: template, value, open (nothing fills it yet), or kit."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class PresetPreview:
    parts: list[PromptPart]
    error: str = ""
    undescribed: list[str] = field(default_factory=list)
    """Names in the template that no variable describes."""
    unused: list[str] = field(default_factory=list)
    """Variables that the template never mentions."""
    length: int = 0

    @property
    def too_long(self) -> bool:
        return self.length > PROMPT_MAX


def preview(template: str, variables: Iterable[Variable], *, product_name: str, kit: BrandKit | None) -> PresetPreview:
    """Variables show their default; a choice without one shows the first."""
    described = list(variables)
    try:
        templating.check(template)
    except TemplateError as error:
        return PresetPreview(parts=[PromptPart(template, "template")], error=str(error), length=len(template))
    values = {one.name: one.default or next(iter(one.choices), "") for one in described}
    names = templating.names(template)
    shown = _parts(template, {PRODUCT: product_name, **values})
    return PresetPreview(
        parts=_within(kit, shown),
        error=_banned("".join(part.text for part in shown), kit),
        undescribed=[name for name in names if name != PRODUCT and name not in values],
        unused=[one.label for one in described if one.name not in names],
        length=len(_composed(template, product_name, values, kit)),
    )


def _parts(template: str, values: dict[str, str]) -> list[PromptPart]:
    return [
        PromptPart(piece, "template") if not name else _value(piece, values.get(name, ""))
        for piece, name in templating.pieces(template)
    ]


def _value(written: str, value: str) -> PromptPart:
    return PromptPart(value, "value") if value else PromptPart(written, "open")


def _within(kit: BrandKit | None, parts: list[PromptPart]) -> list[PromptPart]:
    before = [PromptPart(f"{kit.prefix} ", "kit")] if kit and kit.prefix else []
    after = [PromptPart(f" {kit.suffix}", "kit")] if kit and kit.suffix else []
    return [*before, *parts, *after]


def _banned(words: str, kit: BrandKit | None) -> str:
    word = find_banned(words, kit.banned_words) if kit else ""
    return str(BannedWord(word)) if word else ""


def _composed(template: str, product_name: str, values: dict[str, str], kit: BrandKit | None) -> str:
    try:
        return compose(template=template, product_name=product_name, values=values, kit=kit)
    except BannedWord:
        return template
