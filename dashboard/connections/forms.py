"""The form for ProductAI's address and key."""

from typing import Any

from django import forms

from dashboard.connections import actions
from dashboard.ui.fields import LineField, WebAddressField
from generation.contract import PLAN_LIMITS, Account
from generation.models import Connection
from generation.provider.base_url import PRODUCTAI, UNCLEAR, BaseUrlRefused, check_address, is_sandbox
from generation.provider.client import KeyRefused, ProviderError, Refused

PLANS = [(name, f"{name.title()} · {limit} requests a minute") for name, limit in PLAN_LIMITS.items()]


class ConnectionForm(forms.Form):
    """An account at ProductAI. Binding it asks the provider whether the key is right."""

    key = forms.CharField(
        label="API key",
        max_length=500,
        error_messages={
            "required": "Give the API key of your ProductAI account.",
            "max_length": "An API key has at most 500 characters. Copy it again.",
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    plan = forms.ChoiceField(
        choices=PLANS,
        initial="pro",
        error_messages={"invalid_choice": "Choose one of the plans shown."},
        help_text="Sets how fast jobs are sent. What ProductAI itself says of the key wins.",
    )
    photo_delivery = forms.ChoiceField(
        label="Product photos",
        choices=Connection.PhotoDelivery,
        initial=Connection.PhotoDelivery.ASSET,
        error_messages={"invalid_choice": "Choose one of the ways shown."},
    )
    base_url = WebAddressField(
        label="Address of the API",
        max_length=300,
        initial=PRODUCTAI,
        error_messages={"required": UNCLEAR, "max_length": UNCLEAR},
    )

    def __init__(self, data: Any = None, *, connection: Connection | None) -> None:
        """``connection`` is the team's present one, whose key may stay by leaving the field empty."""
        self._present = connection if connection and not is_sandbox(connection.base_url) else None
        initial: dict[str, Any] = {}
        if self._present:
            initial = {name: getattr(self._present, name) for name in ("base_url", "photo_delivery")}
            plan = next((plan for plan, limit in PLAN_LIMITS.items() if limit == self._present.plan_limit), "pro")
            initial["plan"] = plan
        super().__init__(data, initial=initial)
        if self._present and self._present.key:
            self.fields["key"].required = False
            self.fields["key"].help_text = "Leave empty to keep the present key. It is never shown again."
        else:
            self.fields["key"].help_text = "From your ProductAI account. It is kept encrypted and never shown again."
        self.account: Account | None = None
        """Whose key it is, where the provider said so."""
        self.fault = ""
        """Why the provider could not say whose key it is."""

    def clean_base_url(self) -> str:
        try:
            return check_address(self.cleaned_data["base_url"])
        except BaseUrlRefused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_key(self) -> str:
        given = str(self.cleaned_data["key"])
        if not given.isascii() or not given.isprintable() or " " in given:
            raise forms.ValidationError("An API key has letters, digits and signs only. Copy it again, without spaces.")
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors:
            cleaned["key"] = cleaned["key"] or self._kept_key(cleaned["base_url"])
        if not self.errors:
            self._ask(cleaned["base_url"], cleaned["key"])
        return cleaned

    def _kept_key(self, base_url: str) -> str:
        """The present key, which only ever goes to the address that it was given for."""
        if self._present and self._present.base_url == base_url:
            return self._present.key
        self.add_error("key", "Another address needs its key again.")
        return ""

    def _ask(self, base_url: str, key: str) -> None:
        try:
            self.account = actions.ask_account(base_url=base_url, key=key)
        except KeyRefused:
            self.add_error("key", "ProductAI refused this key. Check it in your ProductAI account and paste it again.")
        except Refused:
            self.add_error("base_url", "There is no ProductAI at this address. Check it, with the /v1 at its end.")
        except ProviderError as error:
            self.fault = str(error)


class PauseForm(forms.Form):
    reason = LineField(
        label="Why",
        required=False,
        max_length=200,
        help_text="Everybody in the team sees it while jobs wait.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "A reason has at most 200 characters."},
    )
