"""A preset as somebody writes it, before it is saved and after it is read again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.presets import templating
from dashboard.presets.models import Preset
from dashboard.presets.variables import PRODUCT, Variable, as_json, read
from generation.contract import CATALOGUE, AspectRatio

DESCRIBED = ("name", "category", "description", "tags")
VERSIONED = ("template", "variables", "model", "aspect_ratio", "num_images")
"""What a picture depends on: any change of it makes a new version."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    name: str
    template: str
    category: str = Preset.Category.CUSTOM.value
    description: str = ""
    tags: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    model: str = next(iter(CATALOGUE))
    aspect_ratio: str = AspectRatio.SQUARE.value
    num_images: int = 1

    @property
    def described(self) -> dict[str, Any]:
        """The columns of ``Preset``."""
        return {name: getattr(self, name) for name in DESCRIBED} | {"tags": list(self.tags)}

    @property
    def versioned(self) -> dict[str, Any]:
        """The columns of ``PresetVersion``."""
        return {name: getattr(self, name) for name in VERSIONED} | {"variables": as_json(self.variables)}

    def as_json(self) -> dict[str, Any]:
        return self.described | self.versioned


def draft_of(preset: Preset) -> Draft:
    """A preset's present words and settings, to edit, copy or export."""
    described: dict[str, Any] = {name: getattr(preset, name) for name in DESCRIBED} | {"tags": tuple(preset.tags)}
    version = preset.current
    if version is None:
        return Draft(template="", **described)
    versioned: dict[str, Any] = {name: getattr(version, name) for name in VERSIONED}
    return Draft(**described | versioned | {"variables": read(version.variables)})


def check_names(template: str, variables: Iterable[Variable]) -> None:
    """Raises ``templating.TemplateError`` where ``template`` has an error or a name that nobody described."""
    templating.check(template)
    known = {PRODUCT, *(variable.name for variable in variables)}
    for name in templating.names(template):
        if name not in known:
            raise templating.unknown(template, name)
