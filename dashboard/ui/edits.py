"""Two people, or two windows, that edit one thing: whoever saves later is told what changed, and nothing is put back.

A form that changes what is there carries :attr:`Edit.seen`, which stands for each value that it was opened with. The
action compares it under the row's lock (:func:`check`). What comes back is the form once more: fields that one left
alone show what they are now, one's own words stay, and to save again is to choose.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.utils import pretty_name
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from generation.errors import UserFacingError

FIELD = "seen"
SEEN_MAX = 1_000
"""Letters of the field; whatever is longer was not written here."""
_TEXT_MAX = 600


def stamp(values: Mapping[str, Any]) -> str:
    """Stands for each of ``values``, which it does not tell: ``name.0a1b2c3d4e5f …``."""
    return " ".join(f"{name}.{_digest(name, value)}" for name, value in values.items())


def _digest(name: str, value: Any) -> str:
    payload = json.dumps([name, value], cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return salted_hmac("packshot.edits", payload).hexdigest()[:12]


class ChangedMeanwhile(UserFacingError):
    """Somebody saved other values since the form was opened; nothing was changed."""

    def __init__(self, seen: str, *, present: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        super().__init__("Somebody changed this while you were editing. Look at both and choose.")
        opened = _read(seen)
        self.present, self.wanted = present, wanted
        self.names = _overwritten(opened, present, wanted)
        """What would be put back or overwritten."""
        self.own = {name for name in self.names if opened[name] != _digest(name, wanted[name])}
        """What both have changed."""
        self.theirs = set(self.names) - self.own
        """What one left alone, and was shown as it was before."""


def check(seen: str, *, present: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises :class:`ChangedMeanwhile` where ``wanted`` would undo what others wrote since the form was opened.

    Call it with what holds now, under the lock of the change. Without ``seen`` nobody claims to have seen anything.
    """
    if _overwritten(_read(seen), present, wanted):
        raise ChangedMeanwhile(seen, present=present, wanted=wanted)


def _read(seen: str) -> dict[str, str]:
    pairs = (part.partition(".") for part in seen[:SEEN_MAX].split())
    return {name: digest for name, _, digest in pairs if digest}


def _overwritten(opened: Mapping[str, str], present: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    names = [name for name in wanted if name in present and name in opened]
    moved = [name for name in names if opened[name] != _digest(name, present[name])]
    return [name for name in moved if _digest(name, wanted[name]) != _digest(name, present[name])]


@dataclass(frozen=True)
class LastChange:
    """Who changed it, in the words of a sentence, and when."""

    who: str
    at: datetime | None = None


@dataclass(frozen=True)
class FieldConflict:
    label: str
    theirs: str
    yours: str
    is_own: bool
    """Whether both changed it; otherwise theirs stands in the form already."""


@dataclass
class Edit:
    """One form's state, for ``ui/_edit.html`` inside it."""

    seen: str
    page: str = ""
    """Where the form is, if not at the address that it is sent to."""
    last: LastChange | None = None
    conflicts: list[FieldConflict] = field(default_factory=list)

    @classmethod
    def opened(cls, request: HttpRequest, values: Mapping[str, Any], *, page: str = "") -> "Edit":
        """What the form was opened with; what it is opened with now, where it is not sent."""
        return cls(request.POST.get(FIELD, "") if request.method == "POST" else stamp(values), page)

    def status(self, *shown: forms.Form) -> int:
        """Of the answer that shows the form."""
        return 409 if self.conflicts else 422 if any(form.errors for form in shown) else 200

    def refuse(
        self,
        error: ChangedMeanwhile,
        form: forms.Form,
        *,
        last: LastChange | None,
    ) -> None:
        """Show the conflict; the next press is about what holds now."""
        data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
        for name in error.names:
            theirs, yours = (_text(form, name, values[name]) for values in (error.present, error.wanted))
            self.conflicts.append(FieldConflict(_label(form, name), theirs, yours, name in error.own))
            if name in form.fields and name in error.theirs:
                _put(data, form, name, error.present[name])
        form.data = data
        self.seen, self.last = stamp(error.present), last


def _label(form: forms.Form, name: str) -> str:
    known = form.fields.get(name)
    return str((known and known.label) or pretty_name(name))


def _text(form: forms.Form, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields.get(name), "choices", None) or ())
    key = getattr(value, "pk", value)
    match value:
        case bool():
            text = "Yes" if value else "No"
        case list() | tuple():
            text = ", ".join(map(_item, value))
        case datetime():
            text = f"{value:%-d %B %Y, %H:%M}"
        case _ if not isinstance(key, (list, dict)) and key in choices:
            text = str(choices[key])
        case _:
            text = "" if value is None else str(value)
    return text if len(text) <= _TEXT_MAX else f"{text[:_TEXT_MAX]}…"


def _item(value: Any) -> str:
    """A colour of a palette, a variable of a preset, or a word."""
    match value:
        case dict():
            return " · ".join(map(_item, filter(None, value.values())))
        case list():
            return " / ".join(map(str, value))
    return str(value)


def _put(data: QueryDict, form: forms.Form, name: str, value: Any) -> None:
    html_name = form.add_prefix(name)
    shown = form.fields[name].prepare_value(value)
    if isinstance(form.fields[name], forms.BooleanField):
        data.setlist(html_name, ["on"] if value else [])
    else:
        data[html_name] = "" if shown is None else str(shown)
