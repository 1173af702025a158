"""Which events the audit page shows: what the address bar says, and the choices that change it."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict

from dashboard.accounts.models import ApiKey, Team, User
from dashboard.audit import labels
from dashboard.audit.models import ActorKind, AuditEvent
from dashboard.ui.filters import (
    CHOICES_MAX,
    AddressFilters,
    FilterMenu,
    by_label,
    created_between,
    days_in_words,
    read_day,
    whole_number,
)
from dashboard.ui.search import Search

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
        if given["who"].isdecimal() and whole_number(given["who"]) is None:
            given["who"] = ""
        for name in ("since", "until"):
            given[name] = given[name] if read_day(given[name]) else ""
        return cls(**given)

    def narrow(self, rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        exact = {"action": self.action, "object_id": self.object}
        rows = rows.filter(**{name: value for name, value in exact.items() if value}, **self._by())
        rows = rows.filter(**created_between(self.since, self.until))
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
        return days_in_words(self.since, self.until)


def _searched(rows: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    words = Q(search_text__isnull=False)
    for word in Search.of(text).words:
        words &= Q(search_text__contains=word)
    before = Q(action__in=labels.matching(text))
    for column in ("actor", "object_id", "action", "before_text", "after_text"):
        before |= Q(**{f"{column}__icontains": text})
    rows = rows.annotate(before_text=Cast("before", TextField()), after_text=Cast("after", TextField()))
    return rows.filter(words | Q(before, search_text=None))


def menus(team: Team, filters: AuditFilters) -> list[FilterMenu]:
    done = AuditEvent.objects.filter(team=team).order_by("action").values_list("action", flat=True).distinct()
    actions = by_label((action, _sentence_case(labels.phrase(action))) for action in done[:CHOICES_MAX])
    return [
        FilterMenu("who", "Who", _actors(team), chosen=filters.who),
        FilterMenu("action", "What", actions, chosen=filters.action),
    ]


def _actors(team: Team) -> list[tuple[str, str]]:
    """The members and the keys, and whoever left since then but did something."""
    ever = AuditEvent.objects.filter(team=team).order_by().values("user")
    people = User.objects.filter(Q(memberships__team=team) | Q(pk__in=ever)).distinct().order_by("name", "email")
    keys = ApiKey.objects.filter(team=team).order_by("name")
    named = by_label((str(person.pk), str(person)) for person in people[:CHOICES_MAX])
    keyed = by_label((key.id, f"Key {key.name}") for key in keys[:CHOICES_MAX])
    return [*named, *keyed, (TASKS, "Packshot itself")]


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
