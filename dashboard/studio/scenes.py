"""The words for each product: a preset's template filled in, or a member's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.presets.prompts import BannedWord, compose
from dashboard.presets.templating import render
from dashboard.presets.variables import fill
from dashboard.projects.models import Product
from dashboard.studio.questions import Question, variables
from generation.contract import PROMPT_MAX
from generation.errors import UserFacingError
from generation.models import Asset

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
    questions: tuple[Question, ...] = ()

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
        given = {question.variable.name: answers.get(question.key, "") for question in self.questions}
        return fill(variables(self.preset), given)

    def prompt(self, product: str, values: Mapping[str, str]) -> str:
        """Raises :class:`BadScene`."""
        words = self.words(product, values)
        if len(words) > PROMPT_MAX:
            sentence = f"The prompt has {len(words):,} characters; at most {PROMPT_MAX:,} fit. Say it shorter."
            raise BadScene(f"{self._where}{sentence}")
        return words

    def words(self, product: str, values: Mapping[str, str]) -> str:
        """As many as they are. Raises :class:`BadScene` for a banned one."""
        try:
            return compose(template=self.template, product_name=product, values=values, kit=self.kit)
        except BannedWord as error:
            raise BadScene(f"{self._where}{error}") from error

    @property
    def _where(self) -> str:
        """In front of what is wrong; of one's own words there is only one."""
        return f"{self.name}: " if self.preset else ""


@dataclass(frozen=True)
class Shot:
    """A product's photo in a scene: the words to be sent, and what filled them."""

    product: Product
    photo: Asset
    scene: Scene
    values: Mapping[str, str]
    prompt: str


@dataclass(frozen=True)
class ScenePreview:
    """A scene's prompt for the first product: ``words`` with what was filled in in bold, or why there is none."""

    name: str
    words: SafeString
    template: str
    """The same with only the product left open, to write on."""
    fault: str = ""


def scenes(presets: Iterable[Preset], questions: Sequence[Question], kit: BrandKit | None) -> list[Scene]:
    return [
        Scene(
            template=preset.current.template if preset.current else "",
            kit=kit,
            preset=preset,
            questions=tuple(question for question in questions if preset.pk in question.presets),
        )
        for preset in presets
    ]


def preview(scene: Scene, *, product: str, answers: Mapping[str, str]) -> ScenePreview:
    """As far as it is answered; what is not stays as ``{{name}}``."""
    known = {each.variable.name: answers.get(each.key) or each.variable.default for each in scene.questions}
    values = {name: value for name, value in known.items() if value}
    marked = {name: f"{_OPEN}{value}{_CLOSE}" for name, value in values.items()}
    try:
        words, fault = scene.words(f"{_OPEN}{product}{_CLOSE}", marked), ""
    except BadScene as error:
        words, fault = render(scene.template, marked), str(error)
    bold = escape(words).replace(_OPEN, "<b>").replace(_CLOSE, "</b>")
    return ScenePreview(
        name=scene.name,
        words=mark_safe(bold),  # noqa: S308  escaped in the line above
        template=render(scene.template, values),
        fault=fault,
    )
