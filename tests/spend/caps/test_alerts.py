"""Word that a cap is nearly used up: once a period, by mail and webhook, until it arrives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Team, User
from dashboard.projects.models import Product
from dashboard.spend.caps import alerts
from dashboard.spend.models import Alert
from generation.credits import caps, ledger
from generation.models import CapPeriod
from generation.pipeline import jobs
from tests.spend.orders import cap, order

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


class NoServer(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPServerDisconnected


def sweep() -> None:
    alerts.announce()
    for alert_id in alerts.due():
        alerts.deliver(alert_id)


@pytest.fixture
def warned(team: Team, creator: Actor, mug: Product, bob: User) -> None:
    """Bob has used 5 of the 6 credits that he may."""
    cap(team, 6, member=bob)
    order(creator, mug)


@pytest.fixture
def receiver(httpserver: HTTPServer, settings: Any, team: Team) -> Iterator[HTTPServer]:
    """The team's own server, which the operator trusts to be on a private network."""
    settings.TRUSTED_WEBHOOKS = [httpserver.url_for("")]
    Team.objects.filter(pk=team.pk).update(alert_url=httpserver.url_for("/caps"), alert_secret=SECRET)
    yield httpserver


def test_nothing_is_said_below_the_share(team: Team, creator: Actor, mug: Product) -> None:
    cap(team, 7)
    order(creator, mug)
    assert alerts.announce() == 0


def test_admins_owners_and_the_member_concerned_get_one_mail(
    warned: None, ada: User, vera: User, mailoutbox: list[EmailMessage]
) -> None:
    sweep()
    sweep()
    (mail,) = mailoutbox
    assert set(mail.to) == {"alice@example.com", "ada@example.com", "bob@example.com"}
    assert mail.subject == "83 % of the monthly cap of Bob is used"
    assert "5 of 6 credits are used, 0 spent and 5 held" in mail.body and "/spend/caps/" in mail.body
    alert = Alert.objects.get()
    assert (alert.due_at, alert.tries) == (None, 1)
    assert alert.mailed_at


def test_who_left_the_team_is_not_told(warned: None, bob: User, mailoutbox: list[EmailMessage]) -> None:
    Membership.objects.filter(user=bob).delete()
    sweep()
    assert mailoutbox[0].to == ["alice@example.com"]


def test_two_beats_at_once_make_one_alert(warned: None) -> None:
    (period,) = CapPeriod.objects.values_list("team", "pk")
    assert alerts._announce(*period) is True
    assert alerts._announce(*period) is False
    assert Alert.objects.count() == 1


def test_a_period_warns_once(team: Team, creator: Actor, mug: Product) -> None:
    cap(team, 10)
    first, _ = order(creator, mug, 2)
    told = [alerts.announce()]
    jobs.cancel(first)
    order(creator, mug)
    told.append(alerts.announce())
    assert told == [1, 0]


def test_a_job_that_costs_more_than_its_price_warns_though_nothing_fits_any_more(
    team: Team, creator: Actor, mug: Product
) -> None:
    cap(team, 10, warn_at=90)
    (job,) = order(creator, mug)
    assert alerts.announce() == 0
    ledger.capture(job=job, credits=9)
    with pytest.raises(ledger.CapReached):
        order(creator, mug)
    assert alerts.announce() == 1


def test_a_raise_that_ends_by_itself_warns(team: Team, creator: Actor, mug: Product) -> None:
    cap(team, 6, raised_by=14, raised_until=timezone.now() + timedelta(minutes=1))
    order(creator, mug)
    assert alerts.announce() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert alerts.announce() == 1
    assert Alert.objects.get().payload["limit"] == 6


def test_what_was_given_back_before_anybody_was_told_is_no_news(team: Team, creator: Actor, mug: Product) -> None:
    cap(team, 6)
    (job,) = order(creator, mug)
    jobs.cancel(job)
    assert alerts.announce() == 0


def test_a_cap_that_nobody_used_warns_of_nothing(team: Team) -> None:
    cap(team, 0)
    assert alerts.announce() == 0


def test_a_cap_lowered_below_what_is_used_warns_and_one_set_higher_may_warn_again(
    team: Team, creator: Actor, mug: Product
) -> None:
    row = cap(team, 100)
    order(creator, mug)
    told = []
    for credits in (3, 100, 6):
        row.credits = credits
        caps.save(row)
        told.append(alerts.announce())
    assert told == [1, 0, 1]


def test_another_time_zone_tells_nobody_twice(team: Team, creator: Actor, mug: Product) -> None:
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False):
        cap(team, 6)
        order(creator, mug)
        assert alerts.announce() == 1
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            ledger.set_time_zone(team_id=team.id, name=zone)
            assert alerts.announce() == 0


def test_the_next_month_warns_anew(team: Team, creator: Actor, mug: Product) -> None:
    cap(team, 6)
    order(creator, mug)
    assert alerts.announce() == 1
    with time_machine.travel(timezone.now() + timedelta(days=32), tick=True):
        order(creator, mug)
        assert alerts.announce() == 1


def test_the_teams_webhook_is_signed_and_says_how_the_cap_stands(
    warned: None, receiver: HTTPServer, team: Team
) -> None:
    receiver.expect_request("/caps", method="POST").respond_with_data(status=204)
    sweep()
    sweep()
    ((request, _),) = receiver.log
    alert = Alert.objects.get()
    told = Webhook(SECRET).verify(request.data, dict(request.headers))
    assert request.headers["webhook-id"] == alert.id
    assert told["type"] == "cap.warning"
    data = told["data"]
    assert (data["limit"], data["used"], data["held"], data["left"]) == (6, 5, 5, 1)
    assert data["cap"]["name"] == "monthly cap of Bob" and data["cap"]["member"] == "bob@example.com"
    assert alert.posted_at and alert.mailed_at and alert.due_at is None


def test_a_receiver_out_of_order_is_tried_again_and_nobody_is_mailed_twice(
    warned: None, receiver: HTTPServer, mailoutbox: list[EmailMessage]
) -> None:
    receiver.expect_ordered_request("/caps").respond_with_data(status=500)
    receiver.expect_ordered_request("/caps").respond_with_data()
    sweep()
    alert = Alert.objects.get()
    assert (alert.post_fault, alert.posted_at) == ("HTTP 500", None)
    assert alert.due_at and alert.due_at > timezone.now()
    with time_machine.travel(alert.due_at + timedelta(seconds=1), tick=True):
        sweep()
    alert.refresh_from_db()
    assert alert.posted_at and alert.post_fault == "" and alert.due_at is None
    assert len(mailoutbox) == 1


def test_an_address_that_was_taken_away_is_not_waited_for(warned: None, receiver: HTTPServer, team: Team) -> None:
    receiver.expect_request("/caps").respond_with_data(status=500)
    sweep()
    Team.objects.filter(pk=team.pk).update(alert_url="", alert_secret="")
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        sweep()
    alert = Alert.objects.get()
    assert alert.mailed_at and alert.due_at is None and alert.post_fault == ""
    assert len(receiver.log) == 1


def test_a_worker_that_dies_while_it_posts_has_mailed_and_mails_nobody_twice(
    warned: None, receiver: HTTPServer, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.expect_request("/caps").respond_with_data()
    with monkeypatch.context() as patch:
        patch.setattr(alerts, "_post", _die)
        with pytest.raises(SystemExit):
            sweep()
    with time_machine.travel(timezone.now() + alerts.LEASE, tick=True):
        sweep()
    assert (len(mailoutbox), len(receiver.log)) == (1, 1)


def _die(alert: Alert) -> None:
    raise SystemExit


def test_a_mail_server_out_of_order_loses_nothing(warned: None, settings: Any, mailoutbox: list[EmailMessage]) -> None:
    settings.EMAIL_BACKEND, works = f"{__name__}.NoServer", settings.EMAIL_BACKEND
    sweep()
    alert = Alert.objects.get()
    assert alert.mailed_at is None and alert.due_at
    assert alert.mail_fault == "The mail server did not take it (SMTPServerDisconnected)."
    settings.EMAIL_BACKEND = works
    with time_machine.travel(alert.due_at + timedelta(seconds=1), tick=True):
        sweep()
    assert len(mailoutbox) == 1
    assert Alert.objects.get().mail_fault == ""


def test_it_is_given_up_after_a_day(warned: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"
    sweep()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        sweep()
    alert = Alert.objects.get()
    assert alert.due_at is None and alert.mailed_at is None and alert.mail_fault


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/caps", "http://10.0.0.1/", "http://[::1]/"])
def test_a_private_address_is_never_posted_to(warned: None, team: Team, url: str) -> None:
    Team.objects.filter(pk=team.pk).update(alert_url=url, alert_secret=SECRET)
    sweep()
    assert Alert.objects.get().post_fault == "The address is not on the public internet."


def test_nothing_is_posted_unsigned(warned: None, receiver: HTTPServer, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(alert_secret="")
    sweep()
    assert receiver.log == []
    assert Alert.objects.get().post_fault == "The team has no secret to sign it with."


def test_an_alert_outlives_its_cap(warned: None, team: Team, mailoutbox: list[EmailMessage]) -> None:
    alerts.announce()
    caps.remove(team.caps.get())
    sweep()
    assert Alert.objects.get().cap is None
    assert "bob@example.com" not in mailoutbox[0].to
