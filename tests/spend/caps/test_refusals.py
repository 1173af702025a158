"""Whatever starts jobs anew meets the caps, too, and says whose they are, how they stand and what was asked."""

from typing import Any

import pytest
from django.contrib.messages import get_messages

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.projects.models import Product
from generation.models import Cap, Job, JobState
from generation.pipeline import jobs
from tests.conftest import browser_of
from tests.spend.orders import cap, order

SENTENCE = "This costs 5 credits, but the cap of Bob, set by Ada, allows only 3 more (of 3: 0 spent, 0 held)."


@pytest.fixture
def failed(creator: Actor, mug: Product, team: Team, bob: User, ada: User) -> Job:
    """Bob's job came to nothing, and now he may spend less than it costs."""
    (job,) = order(creator, mug)
    assert jobs.cancel(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    cap(team, 3, member=bob, period=Cap.Period.TOTAL, created_by=ada)
    return job


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_trying_a_job_again(failed: Job, bob: User) -> None:
    browser = browser_of(bob)
    answer = browser.post(f"/jobs/{failed.pk}/retry/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode()) == (409, SENTENCE)
    assert said(browser.post(f"/jobs/{failed.pk}/retry/")) == [SENTENCE]


def test_making_pictures_once_more(failed: Job, bob: User) -> None:
    assert said(browser_of(bob).post(f"/jobs/{failed.pk}/again/")) == [SENTENCE]


def test_trying_what_failed_of_a_batch_again(failed: Job, bob: User) -> None:
    assert said(browser_of(bob).post(f"/batches/{failed.batch_id}/retry/", {"credits": "5"})) == [SENTENCE]
    assert Job.objects.count() == 1


def test_what_somebody_else_has_left_is_not_touched(failed: Job, ada: User) -> None:
    browser_of(ada).post(f"/jobs/{failed.pk}/retry/")
    assert Job.objects.count() == 2
