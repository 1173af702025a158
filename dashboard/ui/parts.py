"""The component templates as the style guide lists them."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

DOCUMENTATION = re.compile(r"{% comment %}(.*?){% endcomment %}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class ComponentPart:
    """``note`` is the comment at the top of the template; ``template`` shows a sample, where there is one."""

    name: str
    note: str
    template: str


def all_parts() -> list[ComponentPart]:
    templates = Path(settings.ROOT, "templates")
    return [
        read(path, templates)
        for path in sorted([*templates.glob("shell/_*.html"), *templates.glob("ui/_*.html")], key=name_of)
    ]


def read(path: Path, templates: Path) -> ComponentPart:
    found = DOCUMENTATION.match(path.read_text())
    sample = f"ui/styleguide/parts/{path.name}"
    return ComponentPart(
        name=name_of(path),
        note=found.group(1).strip() if found else "",
        template=sample if (templates / sample).exists() else "",
    )


def name_of(path: Path) -> str:
    """``badge`` for ``_badge.html``."""
    return path.stem.removeprefix("_")
