"""The words for each product: a preset's template filled in, or a member's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.presets.prompts import BannedWord, compose
from dashboard.presets.templating import render
from dashboard.presets.variables import fill
from dashboard.studio.questions import Question, variables
from generation.contract import PROMPT_MAX
from generation.errors import UserFacingError

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand around what was filled in, until the words are escaped."""


class BadScene(UserFacingError):
    """No prompt can be made of it."""


@dataclass(frozen=True)
class Scene:
    """What a product is shown in. Without a ``preset`` it is a member's own words."""

    template: str
    kit: BrandKit | None
    preset: Preset | None = None
    asked: tuple[Question, ...] = ()

    @property
    def name(self) -> str:
        return self.preset.name if self.preset else "Own prompt"

    @property
    def version(self) -> PresetVersion | None:
        return self.preset.current if self.preset else None

    def values(self, answers: Mapping[str, str]) -> dict[str, str]:
        """What fills the template, from answers by the questions' keys. Raises ``variables.BadValues``."""
        if self.preset is None:
            return {}
        given = {question.variable.name: answers.get(question.key, "") for question in self.asked}
        return fill(variables(self.preset), given)

    def prompt(self, product: str, values: Mapping[str, str]) -> str:
        """Raises :class:`BadScene`."""
        words = self._compose(product, values)
        if len(words) > PROMPT_MAX:
            sentence = f"The prompt has {len(words):,} characters; at most {PROMPT_MAX:,} fit. Say it shorter."
            raise BadScene(self._named(sentence))
        return words

    def _compose(self, product: str, values: Mapping[str, str]) -> str:
        try:
            return compose(template=self.template, product_name=product, values=values, kit=self.kit)
        except BannedWord as error:
            raise BadScene(self._named(str(error))) from error

    def _named(self, sentence: str) -> str:
        return f"{self.name}: {sentence}" if self.preset else sentence


@dataclass(frozen=True)
class ScenePreview:
    """A scene's prompt for the first product: ``words`` with what was filled in in bold, or why there is none."""

    name: str
    words: SafeString
    template: str
    """The same with only the product left open, to write on."""
    fault: str = ""


def scenes(presets: Iterable[Preset], asked: Iterable[Question], kit: BrandKit | None) -> list[Scene]:
    everything = tuple(asked)
    return [
        Scene(
            template=preset.current.template if preset.current else "",
            kit=kit,
            preset=preset,
            asked=tuple(question for question in everything if preset.pk in question.presets),
        )
        for preset in presets
    ]


def preview(scene: Scene, *, product: str, answers: Mapping[str, str]) -> ScenePreview:
    """As far as it is answered; what is not stays as ``{{name}}``."""
    known = {each.variable.name: answers.get(each.key) or each.variable.default for each in scene.asked}
    values = {name: value for name, value in known.items() if value}
    shown = {name: f"{_OPEN}{value}{_CLOSE}" for name, value in values.items()}
    try:
        words, fault = scene._compose(f"{_OPEN}{product}{_CLOSE}", shown), ""
    except BadScene as error:
        words, fault = render(scene.template, shown), str(error)
    return ScenePreview(scene.name, _bold(words), render(scene.template, values), fault)


def _bold(words: str) -> SafeString:
    marked = escape(words).replace(_OPEN, "<b>").replace(_CLOSE, "</b>")
    return mark_safe(marked)  # noqa: S308  escaped in the line above
