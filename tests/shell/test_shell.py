"""The frame around every page."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.projects.models import Product
from generation.models import Connection
from generation.provider import connections
from tests.conftest import browser_of, person


def page(user: User, url: str = "/projects/") -> str:
    return browser_of(user).get(url).content.decode()


def labels(html: str) -> list[str]:
    return re.findall(r'class="rail-label">([^<]+)<', html)


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    for url in ("/", "/generate/", "/products/", "/presets/", "/projects/"):
        answer = Client().get(url)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), url


def test_the_first_page_is_generate(bob: User) -> None:
    assert browser_of(bob).get("/")["Location"] == "/generate/"


def test_a_user_without_a_team_is_told_what_to_do(db: None) -> None:
    answer = browser_of(person("dora")).get("/generate/")
    assert answer.status_code == 403
    assert "You are not in a team yet" in answer.content.decode()


def test_the_rail_counts_what_there_is(bob: User, mug: Product) -> None:
    assert re.search(r'Products</span>\s*<span class="rail-count">1<', page(bob))


def test_only_admins_see_the_connection_and_keys_among_the_settings(ada: User, bob: User) -> None:
    def tabs(user: User) -> list[str]:
        nav = page(user, "/settings/team/").partition('aria-label="Settings"')[2].partition("</nav>")[0]
        return [label.strip() for label in re.findall(r">([^<]+)</a>", nav)]

    assert "Settings" in labels(page(bob))
    assert {"Connection", "API keys"}.isdisjoint(tabs(bob)) and {"Team", "Members"} <= set(tabs(bob))
    assert {"Team", "Members", "Connection", "API keys"} <= set(tabs(ada))


def test_credits_are_shown_with_what_they_buy(bob: User) -> None:
    html = page(bob)
    assert ">100</span>" in html and "about 20 pictures" in html


@pytest.mark.parametrize(
    ("pause", "sentence"),
    [
        (Connection.Pause.CREDITS, "ProductAI is out of credits. New jobs start after a top-up."),
        (Connection.Pause.KEY, "refused the team&#x27;s key. New jobs start once an admin has mended the connection."),
        (Connection.Pause.RATE_LIMIT, "ProductAI asked us to slow down. New jobs start in a moment."),
    ],
)
def test_a_paused_connection_is_explained(bob: User, team: Team, pause: Connection.Pause, sentence: str) -> None:
    connections.stop(team.connection, pause=pause, message="402")
    assert sentence in page(bob)


def test_a_pause_that_is_over_is_not_mentioned(bob: User, team: Team) -> None:
    Connection.objects.update(pause=Connection.Pause.RATE_LIMIT, paused_until=timezone.now())
    assert "slow down" not in page(bob)


class TestSwitchingTeams:
    @pytest.fixture
    def other(self, bob: User) -> Team:
        other = Team.objects.create(name="Atelier")
        Membership.objects.create(team=other, user=bob, role=Role.VIEWER)
        return other

    def test_members_work_for_the_team_they_chose(self, bob: User, team: Team, other: Team) -> None:
        browser = browser_of(bob)
        for chosen in (team, other):
            browser.post("/accounts/team/", {"team": chosen.id})
            assert f"· {chosen.name}</title>" in browser.get("/projects/").content.decode()

    def test_another_persons_team_is_a_404(self, bob: User, charlie: User) -> None:
        theirs = charlie.memberships.get().team_id
        assert browser_of(bob).post("/accounts/team/", {"team": theirs}).status_code == 404

    def test_it_takes_a_post(self, bob: User) -> None:
        assert browser_of(bob).get("/accounts/team/").status_code == 405
