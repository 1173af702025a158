"""A session that ended or became another: a browser is led to sign in and back, a script of an open page hears 401."""

import pytest
from django.test import Client

from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.accounts.sessions import RENEWED, SIGNED_OUT
from tests.conftest import browser_of

SCRIPTS = [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "same-origin"}]
ADDRESSES = [
    ("get", "/gallery/"), ("get", "/batches/"), ("post", "/generate/"), ("post", "/generate/quote/"),
    ("post", "/products/upload/"), ("get", "/spend/"), ("get", "/accounts/you/"), ("get", "/accounts/session/"),
]  # fmt: skip


@pytest.mark.parametrize("headers", SCRIPTS)
@pytest.mark.parametrize(("verb", "address"), ADDRESSES)
def test_a_script_hears_that_it_is_signed_out(db: None, verb: str, address: str, headers: dict[str, str]) -> None:
    answer = getattr(Client(), verb)(address, headers=headers)
    assert (answer.status_code, answer.content.decode()) == (401, SIGNED_OUT)
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Mode": "navigate"}])
def test_a_browser_is_led_to_sign_in_and_back(db: None, headers: dict[str, str]) -> None:
    answer = Client().get("/gallery/?model=nanobanana", headers=headers)
    assert answer.headers["Location"] == "/accounts/login/?next=/gallery/%3Fmodel%3Dnanobanana"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/presets/new/?from=1", "/presets/new/%3Ffrom%3D1"),
        ("https://elsewhere.test/presets/", "/"), ("//elsewhere.test/", "/"), ("javascript:alert(1)", "/"), ("", "/"),
    ],
)  # fmt: skip
def test_who_sent_a_form_comes_back_to_its_page(db: None, referer: str, back: str) -> None:
    answer = Client().post("/presets/preview/", headers={"Referer": referer} if referer else {})
    assert answer.headers["Location"] == f"/accounts/login/?next={back}"


def test_a_form_of_an_earlier_session_changes_nothing_and_says_why(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post("/generate/quote/", headers={"HX-Request": "true"}).content.decode() == RENEWED
    page = client.post("/generate/")
    assert page.status_code == 403
    assert "This page is out of date" in page.content.decode()


def test_a_page_learns_whose_session_it_is_now_and_its_token(bob: User, team: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    facts = client.get("/accounts/session/").json()
    assert (facts["person"], facts["name"], facts["team"]) == (str(bob.pk), "Bob", team.id)
    form = {"csrfmiddlewaretoken": facts["token"]}
    assert client.post("/generate/quote/", form, headers={"HX-Request": "true"}).status_code == 200


def test_a_page_of_another_team_than_the_chosen_one_does_nothing(bob: User, team: Team) -> None:
    other = Team.objects.create(name="Lakeside")
    Membership.objects.create(team=other, user=bob, role=Role.OWNER)
    client = browser_of(bob)
    client.post("/accounts/team/", {"team": other.id})
    answer = client.post("/generate/quote/", headers={"HX-Request": "true", "Packshot-Team": team.id})
    assert answer.status_code == 409
    assert answer.content.decode().startswith("This browser works for Lakeside now.")
    assert client.post("/generate/quote/", headers={"Packshot-Team": other.id}).status_code == 200
