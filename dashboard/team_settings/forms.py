"""The form of a team's settings."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from dashboard.accounts.forms import TeamNameForm
from dashboard.accounts.models import Team
from dashboard.accounts.webhook_addresses import WEBHOOK_URL_MAX, check_webhook_url
from dashboard.team_settings.rules import Rules
from dashboard.ui.fields import LineField, WebAddressField
from generation.contract import ContractError

DAYS_MIN, DAYS_MAX = 7, 3650
KEEP = f"Give 0 to keep pictures for ever, or from {DAYS_MIN} to {DAYS_MAX:,} days."
NOT_PUBLIC = "Give an address on the public internet that starts with https://."
_NO_PLACES = ("Etc/", "posix/", "right/", "SystemV/")


@lru_cache(maxsize=1)
def zones() -> Mapping[str, str]:
    """IANA's zones of places, and UTC, by their names in small letters."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES))
    return {name.lower(): name for name in ["UTC", *places]}


class TeamForm(TeamNameForm):
    time_zone = LineField(
        label="Time zone",
        max_length=64,
        help_text="Days and months of caps and reports begin at midnight here.",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Choose a time zone.", "max_length": "Choose one of the time zones shown."},
    )
    approve_own = forms.BooleanField(
        label="Members may approve pictures that they made themselves",
        required=False,
        help_text="Otherwise somebody else has to. What an API key made counts as made by whoever created the key.",
    )
    approved_only = forms.BooleanField(
        label="Only approved pictures may be downloaded",
        required=False,
        help_text="Everybody still sees all pictures. Scripts that use the API get the links to what they made.",
    )
    retention_days = forms.IntegerField(
        label="Days that pictures are kept",
        min_value=0,
        max_value=DAYS_MAX,
        help_text="0 keeps them for ever. Approved pictures and covers always stay, and so do costs and receipts.",
        error_messages={"required": KEEP, "invalid": KEEP, "min_value": KEEP, "max_value": KEEP},
    )
    alert_url = WebAddressField(
        label="Address for warnings",
        required=False,
        max_length=WEBHOOK_URL_MAX,
        help_text="Warnings about caps are posted here as well as mailed.",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        error_messages={"max_length": f"An address has at most {WEBHOOK_URL_MAX:,} characters."},
    )

    def __init__(self, data: Any = None, *, team: Team) -> None:
        super().__init__(data, initial={"name": team.name, **vars(Rules.of(team))})

    def clean_time_zone(self) -> str:
        given = str(self.cleaned_data["time_zone"])
        zone = zones().get(given.lower().replace(" ", "_"))
        if zone is None:
            raise forms.ValidationError("There is no such time zone. Choose one of those shown, such as Europe/Berlin.")
        return zone

    def clean_retention_days(self) -> int:
        days = int(self.cleaned_data["retention_days"])
        if 0 < days < DAYS_MIN:
            raise forms.ValidationError(KEEP)
        return days

    def clean_alert_url(self) -> str:
        url = str(self.cleaned_data["alert_url"])
        try:
            check_webhook_url(url)
        except ContractError as error:
            raise forms.ValidationError(NOT_PUBLIC) from error
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(NOT_PUBLIC)
        return url

    @property
    def rules(self) -> Rules:
        """What a valid form asks for."""
        return Rules(**{name: value for name, value in self.cleaned_data.items() if name != "name"})
