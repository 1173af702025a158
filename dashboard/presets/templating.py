"""From a preset's template to a prompt. Templates are data: names are replaced, nothing is executed."""

import re
from collections.abc import Mapping

from generation.errors import UserFacingError

_VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_MARK = re.compile(r"\{\{|\}\}|\{%|\{#")
_SHOWN = 30


class TemplateError(UserFacingError):
    """What is wrong with a template, in one sentence, and where: ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


def render(template: str, values: Mapping[str, str]) -> str:
    """Replace ``{{name}}`` by its value, once; a name without a value stays as it is written."""
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), template)


def names(template: str) -> list[str]:
    """The names of a template's variables, each once, in the order of their first use."""
    return list(dict.fromkeys(_VARIABLE.findall(template)))


def check(template: str) -> None:
    """Raises :class:`TemplateError` at the first place that is neither plain words nor ``{{name}}``."""
    at = 0
    while mark := _MARK.search(template, at):
        whole = _VARIABLE.match(template, mark.start())
        if whole is None:
            raise _error(template, mark.start(), _fault(template, mark.start()))
        at = whole.end()


def _fault(template: str, at: int) -> str:
    """Why nothing can be filled in at ``at``."""
    if template.startswith("}}", at):
        return "}} closes nothing. Write {{name}} around a name, or leave the braces out."
    if not template.startswith("{{", at):
        return f"{template[at : at + 2]} does nothing here: prompts have words and {{{{names}}}}, no commands."
    end = template.find("}}", at + 2)
    if end < 0 or "{{" in template[at + 2 : end]:
        return "{{ is not closed. Write }} after the name."
    return _name_fault(template[at + 2 : end].strip())


def _name_fault(name: str) -> str:
    if not name:
        return "There is no name between {{ and }}."
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return f"“{shown}” cannot be a name. A name has small letters, digits and _ only, and begins with a letter."


def _error(template: str, at: int, message: str) -> TemplateError:
    before = template[:at]
    return TemplateError(message, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def unknown(template: str, name: str) -> TemplateError:
    """What to say of the first ``{{name}}`` in ``template`` that nobody described."""
    match = next(match for match in _VARIABLE.finditer(template) if match[1] == name)
    sentence = f"{{{{{name}}}}} is not defined yet. Add a variable called {name}, or remove it."
    return _error(template, match.start(), sentence)


def pieces(template: str) -> list[tuple[str, str]]:
    """The template in pieces: ``(text, "")`` for plain words, ``("{{name}}", "name")`` for a name."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for variable in _VARIABLE.finditer(template):
        pieces += [(template[at : variable.start()], ""), (variable[0], variable[1])]
        at = variable.end()
    return [(text, name) for text, name in [*pieces, (template[at:], "")] if text]
