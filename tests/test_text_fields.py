"""Every text that somebody writes into a form is judged and kept as it is normalised."""

import pytest
from django import forms

from dashboard.accounts.models import Team, User
from dashboard.projects.forms import TagsField
from dashboard.ui import fields
from tests.conftest import browser_of
from tests.test_bounds import all_forms

OURS = (fields.LineField, fields.LinesField, fields.WebAddressField, fields.MailAddressField, TagsField)
AS_THEY_COME = {
    "key": "a secret",
    "code": "digits of a second factor",
    "password": "a secret",
    "password1": "a secret",
    "password2": "a secret",
    "oldpassword": "a secret",
    "email": "allauth's own, which compares addresses by itself",
    "username": "Django's own",
    "login": "allauth's own",
    "order": "a token",
    "sheet": "a worksheet's name, as the file has it",
}
"""By field, why its text is not normalised."""


def test_every_text_goes_through_the_normaliser() -> None:
    plain = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in all_forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, (*OURS, forms.JSONField))
    }
    samples = "dashboard.ui.forms."
    known = {name for name in plain if name.rpartition(".")[2] in AS_THEY_COME or name.startswith(samples)}
    assert plain - known == set()


def test_a_team_whose_name_cannot_be_seen_is_not_made(alice: User) -> None:
    answer = browser_of(alice).post("/accounts/team/new/", {"name": "\u200b\u202e"})
    assert answer.status_code == 422 and "Give the team a name." in answer.content.decode()
    assert not Team.objects.exists()
    browser_of(alice).post("/accounts/you/", {"name": "Alice\nMoreau"})
    alice.refresh_from_db()
    assert alice.name == "Alice Moreau"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Bär, bär,  BÄR , Bar", ["Bär", "Bar"]),
        ("a\u200b, \u3000a\u3000,, \u200b", ["a"]),
        ("cafe\u0301,café", ["café"]),
    ],
)
def test_a_tag_stands_once(written: str, kept: list[str]) -> None:
    assert TagsField().clean(written) == kept
    assert TagsField(required=False).clean("") == []


def test_the_length_of_what_is_kept_counts() -> None:
    assert fields.LineField(max_length=3).clean("e\u0301e\u0301e\u0301\u200b") == "ééé"
    assert fields.LinesField(max_length=3).clean("a\r\nb") == "a\nb"
