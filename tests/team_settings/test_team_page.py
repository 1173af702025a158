"""``/settings/team/``: what a team is called, how it works, and what it lacks."""

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook

from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.gallery import retention
from dashboard.projects.models import Product
from generation.models import CreditAccount, Image
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery, pictures

__all__ = ["pictures"]
PAGE = "/settings/team/"
TEST = f"{PAGE}alerts/test/"
AS_IT_IS = {
    "name": "Northwind",
    "time_zone": "UTC",
    "approve_own": "on",
    "retention_days": "0",
    "alert_url": "",
}
HOOK = "https://hooks.example.com/packshot"


@pytest.fixture
def admin(ada: User) -> Client:
    return browser_of(ada)


def save(browser: Client, **changed: str | None) -> Any:
    """Send the form with changes; ``None`` leaves a field out, as an empty checkbox does."""
    given = {name: value for name, value in {**AS_IT_IS, **changed}.items() if value is not None}
    return browser.post(PAGE, given)


def now(team: Team) -> Team:
    team.refresh_from_db()
    return team


def refusal(answer: Any) -> str:
    """The one sentence that says what is wrong."""
    assert answer.status_code == 422
    lines = [line for found in answer.context["form"].errors.values() for line in found]
    assert len(lines) == 1
    return str(lines[0])


def test_an_admin_renames_the_team(admin: Client, ada: User) -> None:
    save(admin, name="Southwind")
    assert "· Southwind</title>" in admin.get(PAGE).content.decode()
    event = AuditEvent.objects.get()
    assert (event.action, event.user) == ("team.renamed", ada)
    assert (event.before, event.after) == ({"name": "Northwind"}, {"name": "Southwind"})


def test_the_same_again_changes_nothing(admin: Client) -> None:
    assert save(admin).status_code == 302
    assert not AuditEvent.objects.exists()


def test_an_empty_name_is_refused_and_the_team_keeps_its_own(admin: Client, team: Team) -> None:
    assert refusal(save(admin, name="")) == "Give the team a name."
    assert now(team).name == "Northwind"


def test_the_rules_are_kept_and_the_change_is_written_down(admin: Client, ada: User, team: Team) -> None:
    save(admin, time_zone="Europe/Berlin", approve_own=None, approved_only="on", retention_days="90")
    fresh = now(team)
    assert (fresh.approve_own, fresh.approved_only, fresh.retention_days) == (False, True, 90)
    assert CreditAccount.objects.get(team=team).time_zone == "Europe/Berlin"
    event = AuditEvent.objects.get(action="team.rules_changed")
    assert event.user == ada and event.object_id == team.pk
    changed = {name for name, value in event.after.items() if event.before[name] != value}
    assert changed == {"time_zone", "approve_own", "approved_only", "retention_days"}
    assert (event.before["time_zone"], event.after["time_zone"]) == ("UTC", "Europe/Berlin")


@pytest.mark.parametrize("given", ["europe/berlin", "America/New York", "UTC", "utc"])
def test_a_zone_is_found_by_its_name_however_it_is_written(admin: Client, given: str) -> None:
    assert save(admin, time_zone=given).status_code == 302


@pytest.mark.parametrize("given", ["Berlin", "Europe/Atlantis", "Etc/GMT+5", "../etc/passwd", "x" * 64])
def test_an_unknown_zone_gets_one_sentence(admin: Client, team: Team, given: str) -> None:
    sentence = refusal(save(admin, time_zone=given))
    assert sentence == "There is no such time zone. Choose one of those shown, such as Europe/Berlin."
    assert CreditAccount.objects.get(team=team).time_zone == "UTC"


@pytest.mark.parametrize("days", ["-1", "1", "6", "3651", "99999999999999999999", "soon", "7.5", ""])
def test_days_that_cannot_be_get_one_sentence(admin: Client, team: Team, days: str) -> None:
    assert refusal(save(admin, retention_days=days)) == "Give 0 to keep pictures for ever, or from 7 to 3,650 days."
    assert now(team).retention_days == 0


@pytest.mark.parametrize(
    "address",
    ["hooks.example.com", "ftp://hooks.example.com/x", "http://127.0.0.1/x", "https://10.0.0.5/", "https://[::1]/",
     "https://localhost/x", "https://[", "javascript:alert(1)"],
)  # fmt: skip
def test_warnings_go_to_public_addresses_only(admin: Client, team: Team, address: str) -> None:
    assert refusal(save(admin, alert_url=address)).startswith("Give an address on the public internet")
    assert now(team).alert_url == ""


def test_an_address_for_warnings_comes_with_a_secret_of_ours(admin: Client, team: Team) -> None:
    save(admin, alert_url=HOOK)
    secret = now(team).alert_secret
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    page = admin.get(PAGE)
    assert f'id="alert-secret">{secret}<' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert secret not in str([vars(event) for event in AuditEvent.objects.all()])
    save(admin, alert_url=f"{HOOK}/2")
    assert now(team).alert_secret == secret, "another address is signed for in the same way"
    save(admin, alert_url="")
    assert now(team).alert_secret == ""


def test_the_secret_is_shown_to_admins_only(admin: Client, team: Team, bob: User) -> None:
    save(admin, alert_url=HOOK)
    html = browser_of(bob).get(PAGE).content.decode()
    assert now(team).alert_secret not in html and HOOK not in html


@pytest.fixture
def receiver(httpserver: HTTPServer, settings: Any, team: Team) -> HTTPServer:
    """A receiver of warnings on this machine, which the operator trusts."""
    settings.TRUSTED_WEBHOOKS = [httpserver.url_for("")]
    Team.objects.update(alert_url=httpserver.url_for("/hook"))
    team.refresh_from_db()
    team.alert_secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    team.save()
    return httpserver


def told(browser: Client) -> str:
    return browser.post(TEST, follow=True).content.decode().partition('id="toasts"')[2]


def test_a_test_is_signed_and_its_answer_told(admin: Client, receiver: HTTPServer, team: Team) -> None:
    receiver.expect_request("/hook", method="POST").respond_with_data("", status=204)
    assert "The test arrived: the receiver answered HTTP 204." in told(admin)
    (asked, _), *_ = receiver.log
    said = Webhook(team.alert_secret).verify(asked.get_data(), dict(asked.headers))
    assert said == json.loads(asked.get_data())
    assert (said["type"], said["data"]["team"]) == ("test", "Northwind")


def test_a_test_that_does_not_arrive_says_why(admin: Client, receiver: HTTPServer) -> None:
    receiver.expect_request("/hook").respond_with_data("", status=500)
    assert "The test did not arrive. The receiver answered HTTP 500." in told(admin)


def test_a_name_that_leads_inside_is_found_out_when_it_is_tried(admin: Client, team: Team) -> None:
    save(admin, alert_url=HOOK)
    Team.objects.update(alert_url="http://127.0.0.1:9/x")  # as if the name led here since
    assert "The test did not arrive. The address is not on the public internet." in told(admin)


def test_without_an_address_there_is_nothing_to_test(admin: Client) -> None:
    assert "Give an address for warnings and save it; then it can be tested." in told(admin)


@pytest.fixture
def aged(pictures: Gallery) -> list[Image]:
    """Three old pictures, one of them approved, and a new one."""
    rows = [pictures(1, at=timezone.now() - timedelta(days=60))[0] for _ in range(3)]
    Image.objects.filter(pk=rows[0].pk).update(review="approved")
    return [*rows, *pictures(1)]


def test_whoever_limits_how_long_pictures_are_kept_is_warned_first(
    admin: Client, team: Team, aged: list[Image]
) -> None:
    answer = save(admin, retention_days="30")
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 422
    assert "2 pictures are older than 30 days and will be removed tonight." in page
    assert now(team).retention_days == 0
    assert save(admin, retention_days="14", agreed="30").status_code == 422, "that was agreed to for other days"
    assert save(admin, retention_days="30", agreed="30").status_code == 302
    assert now(team).retention_days == 30


def test_nobody_is_warned_where_nothing_goes(admin: Client, team: Team, aged: list[Image]) -> None:
    assert save(admin, retention_days="90").status_code == 302
    Team.objects.update(retention_days=30)
    assert save(admin, retention_days="40").status_code == 302, "more is kept than before"


def test_nothing_goes_before_the_night_that_was_told_of(
    admin: Client, team: Team, aged: list[Image], broker: redis.Redis
) -> None:
    """Also without what Valkey held, which is no place for a promise."""
    midnight = (timezone.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    save(admin, retention_days="30", agreed="30")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for moment in (timezone.now(), midnight - timedelta(minutes=20), midnight - timedelta(minutes=1)):
            clock.move_to(moment)
            broker.flushall()
            retention.remove_old()
            assert Image.objects.in_gallery().count() == 4
        for minutes in (1, 16):
            clock.move_to(midnight + timedelta(minutes=minutes))
            retention.remove_old()
    assert Image.objects.in_gallery().count() == 2


def test_others_look_but_are_offered_nothing(bob: User) -> None:
    html = browser_of(bob).get(PAGE).content.decode()
    assert "2 members" in html and "100 left" in html and "Forever" in html
    assert "<form class=" not in html.partition("<main")[2].partition("</main>")[0] and "What to do next" not in html
    assert browser_of(bob).post(PAGE, AS_IT_IS).status_code == 403
    assert browser_of(bob).post(TEST).status_code == 403


def test_what_to_do_next_goes_away_once_it_is_done(ada: User, mug: Product) -> None:
    assert "What to do next" not in browser_of(ada).get(PAGE).content.decode()


@pytest.mark.parametrize(("is_staff", "shown"), [(True, "You run Packshot, so you grant them."), (False, "Ask the")])
def test_who_can_grant_credits_is_told_truly(ada: User, is_staff: bool, shown: str) -> None:
    ada.is_staff = is_staff
    ada.save()
    assert shown in browser_of(ada).get(PAGE).content.decode()
