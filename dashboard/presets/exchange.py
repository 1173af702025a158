"""Presets as files: what one installation writes, another one reads."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.record import record
from dashboard.presets import actions
from dashboard.presets.access import visible
from dashboard.presets.drafts import DESCRIBED, VERSIONED, Draft, check_names, draft_of
from dashboard.presets.forms import NEW, DraftForm
from dashboard.presets.models import Preset
from dashboard.presets.names import names_of, tell_apart
from dashboard.presets.templating import TemplateError
from dashboard.presets.variables import BadVariable, Variable, read
from generation.contract import is_text
from generation.errors import UserFacingError
from generation.plurals import counted, noun

FORMAT = "packshot-presets"
FILE_MAX = 1024 * 1024
PRESETS_MAX = 500
KNOWN = {*DESCRIBED, *VERSIONED}
VARIABLE_KNOWN = {one.name for one in fields(Variable)}
TOO_LARGE = "This file is larger than 1 MB. Export fewer presets at once."
_NUMBERED = re.compile(r" \(\d+\)$", re.ASCII)
NAMED_MAX = 6
NAME_SHOWN = 40


class BadFile(UserFacingError):
    """A file that cannot be imported."""


@dataclass(frozen=True)
class Imported:
    added: list[Preset] = field(default_factory=list)
    here_already: int = 0
    left_out: tuple[str, ...] = ()
    """Fields that mean nothing here."""

    @property
    def sentence(self) -> str:
        count = len(self.added)
        parts = [f"{counted(count, 'preset')} imported as {noun(count, 'draft')}."]
        if self.here_already:
            parts.append(f"{self.here_already} {'was' if self.here_already == 1 else 'were'} here already.")
        if self.left_out:
            named = ", ".join(self.left_out[:NAMED_MAX])
            more = f" and {len(self.left_out) - NAMED_MAX} more" if len(self.left_out) > NAMED_MAX else ""
            parts.append(f"Left out, because Packshot does not know them: {named}{more}.")
        return " ".join(parts)


def write(drafts: Iterable[Draft]) -> str:
    """A file of presets, for people to read too."""
    body = {"format": FORMAT, "version": 1, "presets": [draft.as_json() for draft in drafts]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def take(acting: Actor, data: bytes) -> Imported:
    """Add a file's presets as drafts of the team: all of them or, with :class:`BadFile`, none."""
    acting.require(Role.CREATOR)
    drafts, left_out = parse(data)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=acting.team.pk)  # two imports at once would add everything twice
        known = {_words(draft_of(row)) for row in visible(acting).filter(archived_at=None).select_related("current")}
        fresh = [draft for draft in dict.fromkeys(drafts) if _words(draft) not in known]
        taken = names_of(acting)
        added = [actions.add(acting, replace(draft, name=tell_apart(draft.name, taken))) for draft in fresh]
        if added:
            record(acting, "preset.imported", "", after={"presets": [row.id for row in added]})
    return Imported(added, len(drafts) - len(added), left_out)


def _words(draft: Draft) -> str:
    """What makes a preset the same as another; a number that an import put behind its name does not count."""
    return json.dumps(draft.as_json() | {"name": _NUMBERED.sub("", draft.name)}, sort_keys=True)


def parse(data: bytes) -> tuple[list[Draft], tuple[str, ...]]:
    """The presets of a file, and the names of the fields that mean nothing here. Raises :class:`BadFile`."""
    rows = _rows(_decode(data))
    if not rows:
        raise BadFile("There is no preset in this file.")
    if len(rows) > PRESETS_MAX:
        raise BadFile(f"This file has {len(rows):,} presets; at most {PRESETS_MAX} can be imported at once.")
    drafts = [_draft(row, at) for at, row in enumerate(rows, start=1)]
    return drafts, tuple(dict.fromkeys(name for row in rows for name in _unknown(row)))


def _decode(data: bytes) -> Any:
    if len(data) > FILE_MAX:
        raise BadFile(TOO_LARGE)
    try:
        body = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFile("This is not a text file in UTF-8. Export the presets again and choose that file.") from error
    except json.JSONDecodeError as error:
        raise BadFile(f"This is not JSON: line {error.lineno}, column {error.colno} cannot be read.") from error
    except (RecursionError, ValueError) as error:
        raise BadFile("This JSON cannot be read: it is nested too deep or has a number too long.") from error
    return body


def _rows(body: Any) -> list[Any]:
    """A whole export, a list of presets, or a single one."""
    if isinstance(body, dict) and "presets" in body:
        version = body.get("version", 1)
        if version != 1:
            raise BadFile("This file was written by a newer Packshot. Update this one, or export it again there.")
        body = body["presets"]
    rows = body if isinstance(body, list) else [body]
    if not all(isinstance(row, dict) for row in rows):
        raise BadFile("This JSON has no presets: each must be an object with a name and a template.")
    return rows


def _unknown(row: dict[str, Any]) -> list[str]:
    inner = [f"variables.{name}" for one in row.get("variables", []) for name in one if name not in VARIABLE_KNOWN]
    return [name[:NAME_SHOWN] for name in [*(name for name in row if name not in KNOWN), *inner] if is_text(name)]


def _draft(row: dict[str, Any], at: int) -> Draft:
    name = row.get("name")
    where = f"Preset {at}" + (f" (“{name[:NAME_SHOWN]}”)" if isinstance(name, str) and name and is_text(name) else "")
    try:
        return _checked(row)
    except (BadVariable, TemplateError, _Fault) as error:
        raise BadFile(f"{where} cannot be imported: {error} Nothing was imported.") from error


class _Fault(ValueError):
    pass


def _checked(row: dict[str, Any]) -> Draft:
    given = {**NEW, **{name: row[name] for name in row.keys() & KNOWN}}
    variables = read(_described(given.pop("variables", [])))
    form = DraftForm({name: _text(name, value) for name, value in given.items()})
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        raise _Fault(str(faults[0]) if name in {"name", "template"} else f"{name}: {faults[0]}")
    check_names(form.cleaned_data["template"], variables)
    return Draft(**form.cleaned_data | {"tags": tuple(form.cleaned_data["tags"]), "variables": variables})


def _text(name: str, value: Any) -> str:
    """A value as the form reads it."""
    if name == "tags":
        if not isinstance(value, list) or not all(isinstance(tag, str) and "," not in tag for tag in value):
            raise _Fault("tags must be a list of words without commas.")
        value = ",".join(value)
    if name == "num_images" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not is_text(value):
        raise _Fault(f"{name} must be text.")
    return value


def _described(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _Fault("variables must be a list of objects.")
    for row in rows:
        for name in ("name", "kind", "label", "default", "help"):
            if not isinstance(row.get(name, ""), str) or not is_text(row.get(name, "")):
                raise _Fault(f"variables.{name} must be text.")
        choices = row.get("choices", [])
        if not isinstance(choices, list) or not all(isinstance(one, str) and is_text(one) for one in choices):
            raise _Fault("variables.choices must be a list of words.")
        if not isinstance(row.get("required", False), bool):
            raise _Fault("variables.required must be true or false.")
    return rows
