"""The frame around pages: with a team a rail, without one a calm column; and pages for what went wrong."""

from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from dashboard.accounts.models import User
from dashboard.ui import samples
from tests.ui.markup import elements


def framed(**values: object) -> str:
    request = RequestFactory().get("/")
    return render_to_string("404.html", samples.shell("gallery") | values, request)


def test_rail_shows_the_present_page_and_every_other() -> None:
    links = [attributes for tag, attributes in elements(framed()) if tag == "a" and "title" in attributes]
    assert [link["title"] for link in links if "aria-current" in link] == ["Gallery"]
    assert len(links) == 6


def test_signed_out_pages_have_no_rail_and_open_no_stream() -> None:
    html = framed(team=None, user=None)
    assert "rail-nav" not in html
    assert "data-events" not in html


def test_paused_connection_is_said_on_every_page() -> None:
    assert "14 jobs wait" in framed(connection_notice="ProductAI is out of credits. 14 jobs wait.")


def test_sign_in_asks_for_mail_and_password(client: Client, db: None) -> None:
    page = elements(client.get("/accounts/login/").content.decode())
    assert {"login", "password"} <= {attributes.get("name") for tag, attributes in page if tag == "input"}


def test_wrong_password_is_said_once_in_words(client: Client, alice: User) -> None:
    html = client.post("/accounts/login/", {"login": alice.email, "password": "wrong"}).content.decode()
    assert html.count('class="errorlist nonfield"') == 1


def test_missing_page_is_ours(client: Client, db: None) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_fault_page_needs_no_context() -> None:
    assert "nothing was charged" in render_to_string("500.html")
