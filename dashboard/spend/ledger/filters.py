"""Which lines of the ledger are shown: what the address says, and the choices that change it."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.validators import slug_re
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date

from dashboard.presets.models import PresetVersion
from dashboard.spend.links import NONE, SPENT
from dashboard.ui.filters import VALUE_MAX, AddressFilters
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
_BIGGEST_KEY = 10**15


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
        good = {name: given[name] for name in ("since", "until") if _day(given[name])}
        good |= {name: given[name] for name in _NUMBERS if _is_key(given[name])}
        good |= {name: given[name] for name in _TEXTS if slug_re.match(given[name])}
        return cls(**good, kind=given["kind"] if given["kind"] in KINDS else "")

    def address(self, path: str = "", **changes: str) -> str:
        said = {_IN_ADDRESS.get(name, name): value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path or "?"

    def narrow(self, rows: QuerySet[LedgerEntry], zone: ZoneInfo) -> QuerySet[LedgerEntry]:
        rows = rows.filter(self._of_kind(), **self._same())
        if first := _day(self.since):
            rows = rows.filter(created_at__gte=_midnight(first, zone))
        if last := _day(self.until):
            rows = rows.filter(created_at__lt=_midnight(last + timedelta(days=1), zone))
        return rows

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
        if first := _day(self.since):
            rows = rows.filter(day__gte=first)
        if last := _day(self.until):
            rows = rows.filter(day__lte=last)
        return rows

    @property
    def days(self) -> str:
        """The range of days in words."""
        first, last = (_day(text) for text in (self.since, self.until))
        if first and last:
            return f"{first:%-d %b %Y}" if first == last else f"{first:%-d %b %Y} to {last:%-d %b %Y}"
        return f"Since {first:%-d %b %Y}" if first else f"Until {last:%-d %b %Y}" if last else ""


def _is_key(text: str) -> bool:
    return text == NONE or (text.isascii() and text.isdecimal() and int(text) <= _BIGGEST_KEY)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 < day.year < 9999 else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
