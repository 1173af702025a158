"""Each of the provider's jobs beside ours."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.projects.actions import add_product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import Connection, Discrepancy, Job
from generation.pipeline import jobs
from generation.reconciliation import discrepancies, readings
from tests.generation.reconciliation.books import PRICE, Business, Provider, remote, told
from tests.pictures import photo


def test_jobs_that_agree_are_not_told(connection: Connection, business: Business, provider: Provider) -> None:
    job = business.post()
    business.charge()
    business.finish(job)
    provider.lists("job_1", tokens=PRICE)
    assert told(readings.check(connection)) == []


def test_another_cost_is_told_once_with_both_figures(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    business.charge(12)
    business.finish(job)
    provider.lists("job_1", tokens=12)
    row = readings.check(connection)
    assert row.drift == 2
    assert told(row) == [("job_1", PRICE, 12, discrepancies.DIFFERS)]
    assert Discrepancy.objects.get().job == job
    assert told(readings.check(connection)) == []


def test_a_job_that_an_adjustment_put_right_agrees(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    business.finish(job)
    ledger.adjust(team_id=job.team_id, actor_id=None, spent=2, job=job, reason="ProductAI charged 12.")
    ledger.refund(job=job, credits=5, actor_id=None, reason="A courtesy.")
    provider.lists("job_1", tokens=12)
    assert told(readings.check(connection)) == []


def test_a_job_that_is_free_here_but_not_there(connection: Connection, business: Business, provider: Provider) -> None:
    job = business.post()
    business.fail(job)
    business.charge()
    provider.lists("job_1", tokens=PRICE, status="failed")
    assert told(readings.check(connection))[-1] == ("job_1", 0, PRICE, discrepancies.FREE_HERE)


def test_a_failed_job_whose_price_was_kept_without_a_word_is_suspected(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    business.charge()
    business.fail(job)
    provider.lists("job_1", tokens=None, status="failed")
    row = readings.check(connection)
    assert row.drift == PRICE
    assert told(row) == [("job_1", 0, None, discrepancies.MAY_HAVE_COST)]


def test_the_key_used_outside(connection: Connection, business: Business, provider: Provider) -> None:
    business.charge(6)
    provider.lists("job_theirs", tokens=6)
    row = readings.check(connection)
    assert (row.drift, told(row)) == (6, [("job_theirs", 0, 6, discrepancies.OTHERS)])


def test_what_was_made_before_we_came_is_not_told(
    connection: Connection, business: Business, provider: Provider
) -> None:
    provider.lists("job_old", tokens=6, ago=timedelta(minutes=10))
    assert told(readings.check(connection)) == []


def test_a_job_under_way_waits_for_its_end(connection: Connection, business: Business, provider: Provider) -> None:
    business.post()
    provider.lists("job_1", tokens=PRICE)
    assert told(readings.check(connection)) == []


def test_a_lost_answer_is_not_held_against_anybody_while_it_is_looked_for(
    connection: Connection, business: Business, provider: Provider
) -> None:
    business.post(answered=False)
    business.charge()
    provider.lists("job_lost", tokens=PRICE)
    row = readings.check(connection)
    assert (row.drift, told(row)) == (0, [])


def test_a_lost_job_that_was_given_up_is_recognised(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post(answered=False)
    business.charge()
    jobs.ask_for_review(job, message="Its answer was lost.")
    assert jobs.give_up(job)
    provider.lists("job_lost", tokens=PRICE)
    row = readings.check(connection)
    assert row.drift == PRICE
    assert ("job_lost", 0, PRICE, discrepancies.ANSWER_LOST) in told(row)
    assert {found.job_id for found in row.discrepancies.all()} == {job.id}


def test_a_first_try_that_ran_after_all_is_told_beside_the_second(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    jobs.ask_for_review(job, message="The provider no longer knows this job.")
    assert jobs.try_again(job)
    assert jobs.claim(job)
    attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
    jobs.accepted(attempt, provider_job_id="job_2")
    business.finish(Job.objects.get(pk=job.pk))
    business.charge(2 * PRICE)
    for name in ("job_1", "job_2"):
        provider.lists(name, tokens=PRICE)
    row = readings.check(connection)
    assert (row.drift, told(row)) == (PRICE, [("job_1", 0, PRICE, discrepancies.FREE_HERE)])


def test_times_that_cannot_be_read_harm_nothing(connection: Connection, business: Business, provider: Provider) -> None:
    provider.lists("job_theirs", tokens=6, created_at="yesterday")
    assert told(readings.check(connection)) == [("job_theirs", 0, 6, discrepancies.OTHERS)]


def test_a_team_that_shares_the_account_is_told_as_others_and_stays_unnamed(
    connection: Connection, business: Business, provider: Provider, charlie: User
) -> None:
    theirs = Team.objects.get(name="Outsiders")
    Connection.objects.create(team=theirs, base_url=connection.base_url, key=connection.key)
    ledger.grant(team_id=theirs.id, credits=50)
    acting = Actor(theirs, Role.OWNER, user=charlie)
    spec = JobSpec(
        product=add_product(acting, photo=photo(), filename="lamp.jpg"),
        prompt="On slate",
        model="nanobanana2",
        aspect_ratio="1:1",
        num_images=2,
    )
    business.finish(business.send(start(acting, specs=[spec]).jobs.select_related("connection").get()))
    business.charge()
    provider.lists("job_1", tokens=PRICE)
    row = readings.check(connection)
    assert (row.drift, told(row)) == (PRICE, [("job_1", 0, PRICE, discrepancies.OTHERS)])
    assert row.discrepancies.get().job is None


def test_many_jobs_of_others_take_as_many_queries_as_one(connection: Connection) -> None:
    taken = []
    for count in (1, 40):
        now = timezone.now().isoformat()
        page = [remote(job_id=f"job_of_others_{number}", created_at=now) for number in range(count)]
        with CaptureQueriesContext(database) as asked:
            compared = discrepancies.compare(connection, page, began=timezone.now() - timedelta(days=9999))
        assert [row.note for row in compared.odd] == [discrepancies.OTHERS] * count
        taken.append(len(asked))
    assert taken[0] == taken[1]
