"""The caps that the what-if page proposes: rows of a form that lives in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from dashboard.accounts.models import Membership, Team, User
from dashboard.projects.models import Project
from dashboard.spend.caps.forms import TEAM
from dashboard.spend.fields import WholeNumber
from dashboard.spend.what_if.replay import ProposedCap
from dashboard.ui.filters import whole_number
from generation.credits.caps import MOST
from generation.models import Cap

ROWS_MAX = 40
AMOUNT = f"A cap is a whole number of credits from 0 to {MOST:,}, written without points or commas."


@dataclass(frozen=True)
class CapLine:
    """One row, as the address says it."""

    whose: str = TEAM
    period: str = Cap.Period.MONTH.value
    credits: str = ""

    @classmethod
    def of(cls, cap: Cap) -> Self:
        place = f"project:{cap.project_id}" if cap.project_id else f"member:{cap.member_id}" if cap.member_id else TEAM
        return cls(place, cap.period, str(cap.credits))

    @classmethod
    def read(cls, address: QueryDict, number: int) -> Self:
        """Empty, or without a value, where the address says nothing."""
        given = {name: address.get(f"{number}-{name}", "") for name in ("whose", "period", "credits")}
        return cls(**{name: value.replace("\0", "").strip()[:60] for name, value in given.items()})


def lines(address: QueryDict, caps: Iterable[Cap]) -> list[CapLine]:
    """The rows that an address names; one that names none stands for the caps that there are."""
    asked = whole_number(address.get("rows", ""), at_most=999)
    if asked is None:
        return [CapLine.of(cap) for cap in caps][:ROWS_MAX] or [CapLine()]
    return [CapLine.read(address, number) for number in range(min(asked, ROWS_MAX))]


def edited(found: list[CapLine], address: QueryDict) -> list[CapLine] | None:
    """The rows after one was added or removed, if the address asks for that."""
    if "add" in address:
        return [*found, CapLine()][:ROWS_MAX]
    gone = address.get("remove")
    return [line for number, line in enumerate(found) if str(number) != gone] if gone is not None else None


def address(found: list[CapLine], period: dict[str, str]) -> str:
    """The query that proposes these rows for a period."""
    values = {**period, "rows": str(len(found))}
    for number, line in enumerate(found):
        values |= {f"{number}-{name}": value for name, value in vars(line).items()}
    return urlencode(values)


class Places:
    """Whom a cap can bound: the team, its projects, and its members, be they former ones with a cap."""

    def __init__(self, team: Team, caps: Iterable[Cap]) -> None:
        projects = Project.objects.filter(team=team).order_by("archived_at", "name", "id")
        members = Membership.objects.filter(team=team).select_related("user").order_by("user__email")
        users: dict[int, User] = {row.user_id: row.user for row in members}
        users |= {cap.member.pk: cap.member for cap in caps if cap.member}
        self.projects = {row.pk: row.name for row in projects}
        self.members = {pk: str(user) for pk, user in users.items()}
        self.team = str(team)

    @property
    def choices(self) -> list[Any]:
        return [
            (TEAM, f"All of {self.team}"),
            ("Projects", [(f"project:{pk}", name) for pk, name in self.projects.items()]),
            ("Members", [(f"member:{pk}", name) for pk, name in self.members.items()]),
        ]

    def owner(self, cap: ProposedCap) -> str:
        if cap.project_id is not None:
            return self.project(cap.project_id)
        return self.member(cap.member_id) if cap.member_id is not None else self.team

    def project(self, project_id: str) -> str:
        return self.projects.get(project_id, "A project")

    def member(self, user_id: int | None) -> str:
        """Whoever has left the team is not named by it."""
        return self.members.get(user_id or 0, "A former member")


class RowForm(forms.Form):
    """One proposed cap; without an amount it proposes none."""

    whose = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose whom it bounds."))
    period = forms.ChoiceField(
        choices=Cap.Period.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose every month or in all."),
    )
    credits = WholeNumber(
        required=False,
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "No cap"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), AMOUNT),
    )

    def __init__(self, line: CapLine, *, number: int, places: Places) -> None:
        super().__init__({f"{number}-{name}": value for name, value in vars(line).items()}, prefix=str(number))
        self.line, self.number = line, number
        self.auto_id = "cap-%s"
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
        field.choices = places.choices
        self.proposed = self._proposed() if self.is_valid() else None

    def _proposed(self) -> ProposedCap | None:
        asked = self.cleaned_data
        if asked["credits"] is None:
            return None
        kind, _, key = asked["whose"].partition(":")
        of = {"project_id": key} if kind == "project" else {"member_id": int(key)} if kind == "member" else {}
        return ProposedCap(asked["credits"], asked["period"], **of)


def rows(found: list[CapLine], places: Places) -> list[RowForm]:
    """The rows as forms; two that bound the same are refused."""
    forms_of = [RowForm(line, number=number, places=places) for number, line in enumerate(found)]
    seen: set[tuple[str, str]] = set()
    for form in forms_of:
        if form.proposed is None:
            continue
        place = (form.line.whose, form.line.period)
        if place in seen:
            form.add_error("credits", "There is such a cap above already; keep one of them.")
            form.proposed = None
        seen.add(place)
    return forms_of


def instead(found: list[CapLine], number: int, credits: int) -> list[CapLine]:
    """The rows with another amount in one of them."""
    return [replace(line, credits=str(credits)) if at == number else line for at, line in enumerate(found)]
