"""The caps page: what binds whom, set, changed, raised and removed by admins."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Product, Project
from dashboard.spend.caps import alerts
from dashboard.spend.models import Alert
from generation.credits import caps, ledger
from generation.models import Cap
from tests.conftest import browser_of
from tests.spend import orders
from tests.spend.orders import cap, order

DIGITS = "Write the credits as a whole number without points or commas, such as 1500."
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Ask = Callable[..., Any]


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring")


@pytest.fixture
def admin(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def add(admin: Client) -> Ask:
    """Ada fills the form in."""

    def post(**changed: Any) -> Any:
        asked = {"whose": "team", "period": "month", "credits": "40", "warn_at": "80"} | changed
        return admin.post("/spend/caps/", asked, follow=True)

    return post


def words(answer: Any) -> str:
    return orders.words(answer.content.decode())


def last_event() -> tuple[str, str]:
    event = AuditEvent.objects.order_by("-sequence").first()
    assert event
    return event.action, event.after.get("name") or event.before["name"]


def test_an_empty_page_says_what_a_cap_is(admin: Client) -> None:
    assert "Nothing is capped" in words(admin.get("/spend/caps/"))


def test_a_cap_can_be_set_for_the_team_a_project_and_a_member(add: Ask, spring: Project, bob: User) -> None:
    for whose in ("team", f"project:{spring.pk}", f"member:{bob.pk}"):
        assert add(whose=whose).status_code == 200
    found = Cap.objects.order_by("id")
    assert [(row.project, row.member, row.credits, row.warn_at) for row in found] == [
        (None, None, 40, 80),
        (spring, None, 40, 80),
        (None, bob, 40, 80),
    ]
    assert last_event() == ("cap.set", "monthly cap of Bob")


def test_it_shows_what_is_used_held_and_left(
    admin: Client, team: Team, creator: Actor, mug: Product, ada: User
) -> None:
    cap(team, 20, created_by=ada)
    first, _ = order(creator, mug, 2)
    ledger.capture(job=first, credits=4)
    said = words(admin.get("/spend/caps/"))
    assert "Every month · set by Ada · warns at 80 %" in said
    assert "9 of 20 used · 4 spent , 5 held" in said and "11 left" in said and "resets on 1" in said


def test_what_was_spent_leads_to_its_lines(
    admin: Client, team: Team, creator: Actor, mug: Product, spring: Project, bob: User
) -> None:
    with time_machine.travel(NOON, tick=True):
        cap(team, 20, project=spring)
        total = cap(team, 20, member=bob, period=Cap.Period.TOTAL)
        (job,) = order(creator, mug, project=spring)
        ledger.capture(job=job, credits=4)
        html = admin.get("/spend/caps/").content.decode().replace("&amp;", "&")
        assert f'href="/spend/ledger/?kind=spent&project={spring.pk}&from=2026-11-01">4 spent<' in html
        html = admin.get(f"/spend/caps/{total.pk}/").content.decode().replace("&amp;", "&")
        assert f'href="/spend/ledger/?kind=spent&member={bob.pk}">4<' in html
        assert "with what their API keys spent" in html


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"credits": "-1"}, "A cap cannot be less than nothing; 0 stops everything."),
        ({"credits": ""}, "Say how many credits."),
        ({"credits": "a lot"}, DIGITS),
        ({"credits": "1.5"}, DIGITS),
        ({"credits": "1.000"}, DIGITS),
        ({"credits": "1,000"}, DIGITS),
        ({"credits": str(caps.MOST + 1)}, "That is more than the 1,000,000,000 credits that a cap can hold."),
        ({"credits": "9" * 5000}, DIGITS),
        ({"warn_at": "0"}, "Warn at a whole number from 1 to 100 per cent."),
        ({"warn_at": "101"}, "Warn at a whole number from 1 to 100 per cent."),
        ({"period": "week"}, "Choose every month or in all."),
        ({"whose": ""}, "Choose the team, one of its open projects or one of its members."),
        ({"whose": "member:0"}, "Choose the team, one of its open projects or one of its members."),
    ],
)
def test_what_cannot_be_a_cap_is_said_in_one_sentence(add: Ask, changed: dict[str, str], sentence: str) -> None:
    answer = add(**changed)
    assert answer.status_code == 422
    assert words(answer).count(sentence) == 1
    assert not Cap.objects.exists()


def test_nobody_and_nothing_of_another_team_can_be_capped(add: Ask, charlie: User, bob: User) -> None:
    theirs = Project.objects.create(team=charlie.memberships.get().team, name="Theirs")
    Membership.objects.filter(user=bob).delete()
    for whose in (f"project:{theirs.pk}", f"member:{charlie.pk}", f"member:{bob.pk}"):
        assert add(whose=whose).status_code == 422
    assert not Cap.objects.exists()


def test_a_second_cap_of_the_same_kind_points_to_the_first(add: Ask, spring: Project) -> None:
    add(whose=f"project:{spring.pk}")
    answer = add(whose=f"project:{spring.pk}", credits="50")
    assert answer.status_code == 422
    assert "The monthly cap of Spring is there already: 40 credits. Change that one." in words(answer)
    assert add(whose=f"project:{spring.pk}", period="total").status_code == 200


def test_a_cap_below_what_is_used_is_set_and_says_what_that_means(add: Ask, creator: Actor, mug: Product) -> None:
    with time_machine.travel(NOON, tick=True):
        order(creator, mug, 2)
        assert "Already 10 used; nothing more fits until 1 December." in words(add(credits="8"))
    assert Cap.objects.get().credits == 8


def test_nothing_stops_everything(add: Ask) -> None:
    assert "The monthly cap of Northwind allows 0 more credits until" in words(add(credits="0"))


class TestOne:
    @pytest.fixture
    def row(self, team: Team, spring: Project, creator: Actor, mug: Product) -> Cap:
        row = cap(team, 10, project=spring)
        order(creator, mug, 2, project=spring)
        return row

    def test_it_can_be_changed(self, row: Cap, admin: Client) -> None:
        answer = admin.post(f"/spend/caps/{row.pk}/", {"credits": "25", "warn_at": "90"}, follow=True)
        assert "The monthly cap of Spring allows 15 more credits until" in words(answer)
        row.refresh_from_db()
        assert (row.credits, row.warn_at) == (25, 90)
        assert last_event() == ("cap.changed", "monthly cap of Spring")

    def test_what_is_wrong_with_a_change_is_said(self, row: Cap, admin: Client) -> None:
        answer = admin.post(f"/spend/caps/{row.pk}/", {"credits": "-4", "warn_at": "90"})
        assert answer.status_code == 422 and "A cap cannot be less than nothing" in words(answer)

    def test_no_change_is_no_event(self, row: Cap, admin: Client) -> None:
        before = AuditEvent.objects.count()
        admin.post(f"/spend/caps/{row.pk}/", {"credits": "10", "warn_at": "80"})
        assert AuditEvent.objects.count() == before

    def test_a_raise_lasts_to_the_end_of_its_day_where_the_team_is(self, row: Cap, admin: Client, team: Team) -> None:
        with time_machine.travel(NOON, tick=True):
            ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
            answer = admin.post(f"/spend/caps/{row.pk}/raise/", {"credits": "7", "until": "2026-11-24"}, follow=True)
            assert "Raised by 7 through 24 November" in words(answer)
            assert last_event() == ("cap.raised", "monthly cap of Spring")
            row.refresh_from_db()
            assert row.raised_until == datetime(2026, 11, 24, 11, tzinfo=UTC)
            assert row.limit(datetime(2026, 11, 24, 10, 59, tzinfo=UTC)) == 17
            assert row.limit(datetime(2026, 11, 24, 11, tzinfo=UTC)) == 10
        with time_machine.travel(NOON + timedelta(days=3), tick=True):
            assert "Raised by" not in words(admin.get("/spend/caps/"))

    def test_it_was_set_on_a_day_of_the_team(self, row: Cap, admin: Client, team: Team) -> None:
        Cap.objects.update(created_at=NOON)
        ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
        assert "Set 23 November 2026" in words(admin.get(f"/spend/caps/{row.pk}/"))

    def test_a_raise_can_be_ended_now(self, row: Cap, admin: Client) -> None:
        admin.post(f"/spend/caps/{row.pk}/raise/", {"credits": "7", "until": timezone.now().date().isoformat()})
        admin.post(f"/spend/caps/{row.pk}/raise/end/")
        row.refresh_from_db()
        assert row.limit(timezone.now()) == 10
        assert last_event() == ("cap.raise_ended", "monthly cap of Spring")

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"until": "2026-11-21"}, "This day is over; choose today or a later one."),
            ({"until": "2028-01-01"}, "A raise ends within a year. For longer, change the cap itself."),
            ({"until": "soon"}, "Choose the last day of the raise."),
            ({"until": ""}, "Choose the last day of the raise."),
            ({"credits": "1.000"}, DIGITS),
            ({"credits": "0"}, "A raise adds at least 1 credit."),
            ({"credits": str(caps.MOST)}, "With the raise the cap would allow more than 1,000,000,000 credits."),
        ],
    )
    def test_a_raise_that_cannot_be_is_refused(
        self, row: Cap, admin: Client, changed: dict[str, str], sentence: str
    ) -> None:
        with time_machine.travel(NOON, tick=True):
            answer = admin.post(f"/spend/caps/{row.pk}/raise/", {"credits": "5", "until": "2026-11-30"} | changed)
        assert answer.status_code == 422
        assert words(answer).count(sentence) == 1
        row.refresh_from_db()
        assert row.raised_until is None

    def test_a_raise_is_proposed_with_what_is_lacking_to_the_end_of_the_month(self, row: Cap, admin: Client) -> None:
        with time_machine.travel(NOON, tick=True):
            html = admin.get(f"/spend/caps/{row.pk}/?lack=35").content.decode()
        assert re.search(r'name="credits" value="35"', html) and re.search(r'name="until" value="2026-11-30"', html)

    def test_nonsense_is_not_proposed(self, row: Cap, admin: Client) -> None:
        assert admin.get(f"/spend/caps/{row.pk}/?lack=²").status_code == 200

    def test_it_can_be_removed_once(self, row: Cap, admin: Client) -> None:
        answer = admin.post(f"/spend/caps/{row.pk}/remove/", follow=True)
        assert "The monthly cap of Spring is gone." in words(answer)
        assert last_event() == ("cap.removed", "monthly cap of Spring")
        assert admin.post(f"/spend/caps/{row.pk}/remove/").status_code == 404

    def test_a_cap_that_was_removed_in_the_meantime_is_said(
        self, row: Cap, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dashboard.spend.caps.views._find", lambda acting, cap_id: row)
        caps.remove(Cap.objects.get(pk=row.pk))
        answer = admin.post(f"/spend/caps/{row.pk}/", {"credits": "25", "warn_at": "90"}, follow=True)
        assert "This cap has been removed in the meantime." in words(answer)


def test_a_member_sees_the_caps_that_bind_them_and_can_change_none(
    team: Team, bob: User, vera: User, spring: Project
) -> None:
    mine = cap(team, 12, member=bob)
    for bounds in ({}, {"project": spring}, {"member": vera}):
        cap(team, 30, **bounds)
    browser = browser_of(bob)
    said = words(browser.get("/spend/caps/"))
    assert "Bob" in said and "Spring" in said and "Vera" not in said
    assert "Change" not in said and "Set a cap" not in said
    assert browser.get(f"/spend/caps/{mine.pk}/").status_code == 403
    assert browser.post("/spend/caps/", {"whose": "team"}).status_code == 403


def test_a_cap_of_who_has_left_says_so(team: Team, bob: User, admin: Client) -> None:
    cap(team, 12, member=bob)
    Membership.objects.filter(user=bob).delete()
    assert "No longer in the team" in words(admin.get("/spend/caps/"))


def test_nobody_lost_shows_an_empty_page_to_others(bob: User) -> None:
    assert "No cap bounds you" in words(browser_of(bob).get("/spend/caps/"))


class TestWarnings:
    @pytest.fixture(autouse=True)
    def warned(self, team: Team, creator: Actor, mug: Product, bob: User) -> None:
        cap(team, 6, member=bob)
        order(creator, mug)

    def test_admins_and_the_member_see_it_above_their_pages(self, admin: Client, bob: User) -> None:
        for browser in (admin, browser_of(bob)):
            for page in ("/spend/caps/", "/generate/"):
                assert "The monthly cap of Bob is at 83 %: 5 of 6 credits used." in words(browser.get(page))

    def test_others_do_not(self, vera: User, team: Team) -> None:
        cap(team, 5)
        assert "is at" not in words(browser_of(vera).get("/generate/"))

    def test_several_are_said_in_one_line(self, admin: Client, team: Team) -> None:
        cap(team, 5)
        said = words(admin.get("/generate/"))
        assert "2 caps are nearly or wholly used up: Northwind, Bob." in said

    def test_it_is_gone_once_the_cap_allows_more(self, admin: Client, team: Team) -> None:
        row = team.caps.get()
        row.credits = 60
        caps.save(row)
        assert "is at" not in words(admin.get("/generate/"))

    def test_past_warnings_are_listed_with_what_became_of_them(self, admin: Client, bob: User, vera: User) -> None:
        alerts.announce()
        sentence = "The monthly cap of Bob reached 83 %: 5 of 6 credits used."
        assert f"{sentence} The mail is on its way" in words(admin.get("/spend/caps/"))
        for alert_id in alerts.due():
            alerts.deliver(alert_id)
        assert f"{sentence} Mailed" in words(admin.get("/spend/caps/"))
        assert sentence in words(browser_of(bob).get("/spend/caps/"))
        assert sentence not in words(browser_of(vera).get("/spend/caps/"))

    def test_the_hour_of_a_warning_is_the_teams(self, admin: Client, team: Team) -> None:
        alerts.announce()
        Alert.objects.update(created_at=NOON)
        ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
        assert "23 Nov, 01:00 The monthly cap of Bob reached" in words(admin.get("/spend/caps/"))

    def test_what_did_not_arrive_is_said(self, admin: Client, settings: Any) -> None:
        settings.EMAIL_BACKEND = "tests.spend.caps.test_alerts.NoServer"
        alerts.announce()
        for alert_id in alerts.due():
            alerts.deliver(alert_id)
        said = words(admin.get("/spend/caps/"))
        assert "The mail is not delivered yet" in said
        assert "The mail server did not take it (SMTPServerDisconnected). Tried again in a moment." in said


def test_a_role_is_looked_at_when_acting(team: Team, bob: User, add: Ask) -> None:
    Membership.objects.filter(user__email="ada@example.com").update(role=Role.CREATOR)
    assert add().status_code == 403
