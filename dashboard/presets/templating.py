"""From a preset's template to a prompt. Templates are data: names are replaced, nothing is executed."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def render(template: str, values: Mapping[str, str]) -> str:
    """Replace ``{{name}}`` by its value; a name without a value stays as it is written."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), template)


def names(template: str) -> list[str]:
    """The names of a template's variables, each once, in the order of their first use."""
    return list(dict.fromkeys(_VARIABLE.findall(template)))
