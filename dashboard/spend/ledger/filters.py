"""Which lines of the ledger are shown: what the address says, and the choices that change it."""

from dataclasses import dataclass, fields
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict

from dashboard.presets.models import PresetVersion
from dashboard.spend.links import NONE, SPENT
from dashboard.ui.filters import (
    VALUE_MAX,
    AddressFilters,
    created_between,
    days_in_words,
    identifier,
    read_day,
    whole_number,
)
from generation.models import DailySpend, LedgerEntry

Kind = LedgerEntry.Kind
KINDS = {
    SPENT: "All that was spent",
    Kind.GRANT.value: "Granted",
    Kind.HOLD.value: "Held",
    Kind.CAPTURE.value: "Paid",
    Kind.RELEASE.value: "Released",
    Kind.REFUND.value: "Refunded",
    Kind.ADJUST.value: "Adjusted",
}
_IN_ADDRESS = {"since": "from", "until": "to"}
_NUMBERS = ("member", "preset_version")
_TEXTS = ("project", "key", "preset", "model", "job")
_COLUMNS = {"project": "project", "member": "member", "key": "api_key", "preset_version": "preset_version"}


@dataclass(frozen=True, kw_only=True)
class LedgerFilters(AddressFilters):
    """One value each; empty means all. Days begin in the team's time zone."""

    since: str = ""
    """The first day, ISO; ``from`` in the address."""
    until: str = ""
    """The last day, ISO; ``to`` in the address."""
    kind: str = ""
    project: str = ""
    member: str = ""
    key: str = ""
    preset: str = ""
    preset_version: str = ""
    model: str = ""
    job: str = ""

    @classmethod
    def given(cls, address: QueryDict) -> dict[str, str]:
        named = {field.name: address.get(_IN_ADDRESS.get(field.name, field.name), "") for field in fields(cls)}
        return {name: value.replace("\0", "").strip()[:VALUE_MAX] for name, value in named.items()}

    @classmethod
    def of(cls, address: QueryDict) -> Self:
        """The filters that an address names; what cannot be a value is ignored."""
        given = cls.given(address)
        good = {name: given[name] for name in ("since", "until") if read_day(given[name])}
        good |= {name: given[name] for name in _NUMBERS if _is_key(given[name])}
        good |= {name: given[name] for name in _TEXTS if identifier(given[name])}
        return cls(**good, kind=given["kind"] if given["kind"] in KINDS else "")

    def address(self, path: str = "", **changes: str) -> str:
        query = {_IN_ADDRESS.get(name, name): value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(query)}" if query else path or "?"

    def narrow(self, rows: QuerySet[LedgerEntry], zone: ZoneInfo) -> QuerySet[LedgerEntry]:
        rows = rows.filter(self._of_kind(), **self._same())
        return rows.filter(**created_between(self.since, self.until, zone=zone))

    def _of_kind(self) -> Q:
        if self.kind == SPENT:
            return Q(kind__in=[Kind.CAPTURE, Kind.REFUND]) | Q(kind=Kind.ADJUST) & ~Q(spent=0)
        return Q(kind=self.kind) if self.kind else Q()

    def _same(self) -> dict[str, Any]:
        """Columns and what they must hold."""
        same: dict[str, Any] = {}
        for name, column in (_COLUMNS | {"job": "job"}).items():
            if value := getattr(self, name):
                same |= {f"{column}__isnull": True} if value == NONE else {column: value}
        if self.model:
            same["model"] = "" if self.model == NONE else self.model
        if self.preset == NONE:
            same["preset_version__isnull"] = True
        elif self.preset:
            same["preset_version__in"] = self._versions()
        return same

    def _versions(self) -> QuerySet[PresetVersion, int]:
        return PresetVersion.objects.filter(preset=self.preset).values_list("pk", flat=True)

    @property
    def is_by_day(self) -> bool:
        """Whether the kept rows of days tell what the lines spent."""
        return not self.job and self.kind in {"", SPENT}

    def narrow_days(self, rows: QuerySet[DailySpend]) -> QuerySet[DailySpend]:
        """The same filters on the rows of days, in which 0 or nothing stands for none."""
        for name, column in _COLUMNS.items():
            if value := getattr(self, name):
                nothing = 0 if name in _NUMBERS else ""
                rows = rows.filter(**{column: nothing if value == NONE else value})
        if self.model:
            rows = rows.filter(model="" if self.model == NONE else self.model)
        if self.preset:
            rows = rows.filter(preset_version__in=[0] if self.preset == NONE else self._versions())
        if first := read_day(self.since):
            rows = rows.filter(day__gte=first)
        if last := read_day(self.until):
            rows = rows.filter(day__lte=last)
        return rows

    @property
    def days(self) -> str:
        """The range of days in words."""
        return days_in_words(self.since, self.until)


def _is_key(text: str) -> bool:
    return text == NONE or whole_number(text) is not None
