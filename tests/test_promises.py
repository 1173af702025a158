"""What people were told stays true whatever Valkey loses: each promise is a row or is written in its own link.

The night on which old pictures go is in tests/gallery/test_retention.py, orders are in tests/test_orders.py, jobs and
holds in tests/pipeline.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.members import invitations
from dashboard.projects import imports, previews
from dashboard.spend.caps import actions, alerts
from dashboard.spend.models import Alert
from dashboard.studio.actions import JobSpec, start
from generation.credits import caps
from generation.models import Cap, Connection
from generation.provider import connections
from tests.conftest import browser_of


@pytest.fixture
def lose(broker: redis.Redis) -> Callable[[], None]:
    """Everything that Valkey holds."""
    return lambda: broker.flushall() and None


@pytest.fixture
def admin(ada: User, team: Team) -> Actor:
    return Actor(team, Role.ADMIN, user=ada)


def test_an_invitations_link_opens_and_the_visitor_is_remembered(
    lose: Callable[[], None], admin: Actor, client: Client, team: Team
) -> None:
    _, token = invitations.invite(admin, email="dora@example.com", role=Role.CREATOR)
    lose()
    assert client.get(f"/accounts/invitation/{token}/").status_code == 200
    lose()
    client.post("/accounts/signup/", {"name": "Dora", "email": "dora@example.com", "password1": "seven quiet lamps"})
    assert Membership.objects.get(user__email="dora@example.com").team == team


def test_who_is_signed_in_stays_so(lose: Callable[[], None], team: Team, bob: User) -> None:
    browser = browser_of(bob)
    lose()
    assert browser.get("/generate/").status_code == 200


def test_a_warning_about_a_cap_arrives_once(
    lose: Callable[[], None], creator: Actor, mug: object, team: Team, mailoutbox: list[EmailMessage]
) -> None:
    caps.save(Cap(team=team, credits=6))
    start(creator, specs=[JobSpec(mug, "On marble", "nanobanana2", "1:1", 1)])  # type: ignore[arg-type]
    for _ in range(2):
        lose()
        alerts.announce()
        lose()
        for alert_id in alerts.due():
            alerts.deliver(alert_id)
    assert len(mailoutbox) == Alert.objects.count() == 1


def test_a_raised_cap_stays_raised_for_as_long_as_was_said(lose: Callable[[], None], admin: Actor, team: Team) -> None:
    caps.save(Cap(team=team, credits=5))
    until = timezone.now() + timedelta(days=2)
    actions.raise_for_a_while(admin, Cap.objects.get(), credits=10, until=until)
    lose()
    assert Cap.objects.get().limit(until - timedelta(minutes=1)) == 15
    assert Cap.objects.get().limit(until + timedelta(minutes=1)) == 5


def test_a_started_import_goes_on(lose: Callable[[], None], creator: Actor) -> None:
    batch = previews.preview(
        creator, data=b"name,image_url\nMug,https://93.184.216.34/mug.jpg\n", filename="spring.csv"
    )
    imports.start(creator, batch)
    lose()
    assert imports.due() == [batch.id]


def test_a_paused_connection_stays_paused(lose: Callable[[], None], admin: Actor, team: Team) -> None:
    browser_of(User.objects.get(email="ada@example.com")).post("/settings/connection/pause/")
    lose()
    assert not connections.takes_jobs(Connection.objects.get(team=team))


def test_a_link_to_confirm_an_address_works(
    lose: Callable[[], None], team: Team, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    browser = browser_of(bob)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse"})
    browser.post("/accounts/you/address/", {"email": "robert@example.com"})
    found = re.search(r"/accounts/you/address/\S+/", str(mailoutbox[0].body))
    lose()
    assert found and browser.post(found[0]).status_code == 302
    assert User.objects.get(pk=bob.pk).email == "robert@example.com"
