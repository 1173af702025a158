"""What an order made is kept beside it: the same again makes nothing, another under its key is refused."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from dashboard.accounts.idempotency import KeyReused, Made, Order, clear_expired, made_before, once
from dashboard.accounts.models import IdempotencyKey, Team
from dashboard.accounts.tasks import clear_expired_orders
from dashboard.celery import app

pytestmark = pytest.mark.django_db
ORDER = Order(scope="key_1", key="a" * 255, digest="0" * 64)


def team() -> Made:
    return {"team": Team.objects.create(name="Northwind").id}


def test_the_same_order_makes_one_thing_and_is_answered_alike() -> None:
    assert made_before(ORDER) is None
    made, is_new = once(ORDER, team)
    assert is_new and once(ORDER, team) == (made, False)
    assert made_before(ORDER) == made == {"team": Team.objects.get().id}


def test_the_same_key_of_somebody_else_is_another_order() -> None:
    once(ORDER, team)
    assert once(Order(scope="key_2", key=ORDER.key, digest=ORDER.digest), team)[1]


def test_another_order_under_a_used_key_is_refused() -> None:
    once(ORDER, team)
    other = Order(scope=ORDER.scope, key=ORDER.key, digest="1" * 64)
    for ask in (lambda: made_before(other), lambda: once(other, team)):
        with pytest.raises(KeyReused, match="Use a new key for each"):
            ask()
    assert Team.objects.count() == 1


def test_an_order_that_does_not_name_itself_is_always_new() -> None:
    assert made_before(None) is None
    assert [once(None, team)[1] for _ in range(2)] == [True, True]
    assert not IdempotencyKey.objects.exists()


def test_what_fails_leaves_neither_the_order_nor_the_note() -> None:
    def broken() -> Made:
        team()
        raise ValueError("Not enough credits.")

    with pytest.raises(ValueError):
        once(ORDER, broken)
    assert not Team.objects.exists() and not IdempotencyKey.objects.exists()
    assert once(ORDER, team)[1]


def test_parts_of_an_order_are_made_one_by_one() -> None:
    order = Order(scope="user:1", key="a", digest=ORDER.digest)
    assert [once(order.part(at), team)[1] for at in (0, 1, 0)] == [True, True, False]


def test_a_secret_that_was_made_cannot_be_read_in_the_database() -> None:
    once(ORDER, lambda: {"secret": "ps_of_a_script"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT made FROM accounts_idempotencykey")
        (kept,) = cursor.fetchone()
    assert "ps_of_a_script" not in kept


@pytest.mark.parametrize(("hours", "is_new"), [(24, False), (71, False), (73, True)])
def test_an_order_is_known_for_a_day_at_least_and_forgotten_after_some(hours: int, is_new: bool) -> None:
    once(ORDER, team)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert clear_expired() == is_new
        assert once(ORDER, team)[1] == is_new


def test_a_clock_that_is_ahead_for_a_moment_forgets_no_order_of_today() -> None:
    once(ORDER, team)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        clear_expired()
    assert not once(ORDER, team)[1]


def test_orders_are_forgotten_by_the_hour() -> None:
    assert clear_expired_orders.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
