"""Which events the audit page shows: what the address bar says, and the choices that change it."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from dashboard.accounts.models import ApiKey, Team, User
from dashboard.audit import labels
from dashboard.audit.models import ActorKind, AuditEvent
from dashboard.ui.filters import AddressFilters

CHOICES_MAX = 200
_BIGGEST_KEY = 10**15
TASKS = "task"
"""The value of ``who`` for what Packshot did by itself."""


@dataclass(frozen=True, kw_only=True)
class AuditFilters(AddressFilters):
    """One value each; empty means all."""

    q: str = ""
    """Words that are in what was done, to what, by whom, or in what it was before and after."""
    who: str = ""
    """A user's number, an API key's id, or ``task``."""
    action: str = ""
    object: str = ""
    since: str = ""
    """The first day, ISO."""
    until: str = ""
    """The last day, ISO."""

    @classmethod
    def of(cls, address: QueryDict) -> Self:
        """The filters that an address names; what cannot be a value is ignored."""
        given = cls.given(address)
        if given["who"].isdecimal() and (not given["who"].isascii() or int(given["who"]) > _BIGGEST_KEY):
            given["who"] = ""
        for name in ("since", "until"):
            given[name] = given[name] if _day(given[name]) else ""
        return cls(**given)

    def narrow(self, rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        exact = {"action": self.action, "object_id": self.object}
        rows = rows.filter(**{name: value for name, value in exact.items() if value}, **self._by())
        if first := _day(self.since):
            rows = rows.filter(created_at__gte=_midnight(first))
        if last := _day(self.until):
            rows = rows.filter(created_at__lt=_midnight(last + timedelta(days=1)))
        return _searched(rows, self.q) if self.q else rows

    def _by(self) -> dict[str, str]:
        if not self.who:
            return {}
        if self.who == TASKS:
            return {"kind": ActorKind.TASK}
        return {"user" if self.who.isdecimal() else "api_key": self.who}

    @property
    def days(self) -> str:
        """The range of days in words."""
        first, last = (_day(text) for text in (self.since, self.until))
        if first and last:
            return f"{first:%-d %b %Y}" if first == last else f"{first:%-d %b %Y} to {last:%-d %b %Y}"
        return f"Since {first:%-d %b %Y}" if first else f"Until {last:%-d %b %Y}" if last else ""


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 <= day.year < 9999 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _searched(rows: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    found = Q(action__in=labels.matching(text))
    escaped = json.dumps(text)[1:-1]  # how SQLite keeps letters beyond ASCII; PostgreSQL keeps the letters
    for column in ("actor", "object_id", "action", "before_text", "after_text"):
        found |= Q(**{f"{column}__icontains": text})
    for column in ("before_text", "after_text"):
        found |= Q(**{f"{column}__icontains": escaped})
    return rows.annotate(before_text=Cast("before", TextField()), after_text=Cast("after", TextField())).filter(found)


@dataclass(frozen=True)
class AuditMenu:
    """A filter with the values that it may take."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    """Value and label."""
    chosen: str = ""

    @property
    def shown(self) -> str:
        """What the chip says: the chosen value's name, else the value itself."""
        return dict(self.choices).get(self.chosen, self.chosen)


def menus(team: Team, filters: AuditFilters) -> list[AuditMenu]:
    done = AuditEvent.objects.filter(team=team).order_by("action").values_list("action", flat=True).distinct()
    actions = sorted(((action, _sentence_case(labels.phrase(action))) for action in done[:CHOICES_MAX]), key=_label)
    return [
        AuditMenu("who", "Who", _actors(team), chosen=filters.who),
        AuditMenu("action", "What", actions, chosen=filters.action),
    ]


def _actors(team: Team) -> list[tuple[str, str]]:
    """The members and the keys, and whoever left since then but did something."""
    ever = AuditEvent.objects.filter(team=team).order_by().values("user")
    people = User.objects.filter(Q(memberships__team=team) | Q(pk__in=ever)).distinct().order_by("name", "email")
    keys = ApiKey.objects.filter(team=team).order_by("name")
    chosen = [(str(person.pk), str(person)) for person in people[:CHOICES_MAX]]
    return [*chosen, *((key.id, f"Key {key.name}") for key in keys[:CHOICES_MAX]), (TASKS, "Packshot itself")]


def _label(choice: tuple[str, str]) -> str:
    return choice[1].lower()


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
