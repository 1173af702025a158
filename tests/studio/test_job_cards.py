"""A job's card through its states, and what a member can do with it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.accounts.models import User
from generation.credits import ledger
from generation.models import Attempt, CreditAccount, Image, Job, JobState
from generation.pipeline import jobs
from tests.conftest import browser_of
from tests.studio.conftest import Press

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def job(press: Press) -> Job:
    """Bob's job, queued: 2 pictures for 10 credits."""
    press()
    return Job.objects.get()


def card(browser: Client, job: Job) -> str:
    answer = browser.get(f"/jobs/{job.id}/card/", headers=SCRIPT)
    assert answer.status_code == 200
    return answer.content.decode()


def put(job: Job, state: JobState, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, **changes)


def stored(job: Job, index: int) -> Image:
    return Image.objects.create(
        team=job.team, job=job, index=index, thumbnail="t.webp", width=1024, height=1024, stored_at=timezone.now()
    )


def test_a_queued_job_can_be_cancelled(browser: Client, job: Job) -> None:
    html = card(browser, job)
    assert "Queued" in html and f'hx-post="/jobs/{job.id}/cancel/"' in html
    answer = browser.post(f"/jobs/{job.id}/cancel/", headers=SCRIPT)
    assert "Cancelled" in answer.content.decode()
    assert json.loads(answer["HX-Trigger"]) == {"credits": {"left": 100}}
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_job_on_its_way_is_no_longer_cancelled(browser: Client, job: Job) -> None:
    put(job, JobState.SUBMITTED)
    assert "/cancel/" not in card(browser, job)
    answer = browser.post(f"/jobs/{job.id}/cancel/", headers=SCRIPT)
    assert answer.status_code == 409 and answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "This job is already on its way and can no longer be cancelled."
    assert ledger.left(team_id=job.team_id) == 90


def test_progress_is_shown_while_rendering(browser: Client, job: Job) -> None:
    put(job, JobState.SUBMITTED, progress=64)
    html = card(browser, job)
    assert "64" in html and "0 of 2 pictures" in html and "data-live" in html


def test_pictures_appear_one_by_one_and_lead_to_the_gallery(browser: Client, job: Job) -> None:
    put(job, JobState.STORING)
    first = stored(job, 0)
    html = card(browser, job)
    assert f'href="/gallery/{first.id}/"' in html
    assert html.count("is-waiting") == 1 and "1 of 2 pictures" in html
    stored(job, 1)
    put(job, JobState.COMPLETED, tokens_used=10)
    html = card(browser, job)
    assert html.count('href="/gallery/img_') == 2 and "is-waiting" not in html and "data-live" not in html
    assert f'href="/generate/?job={job.id}"' in html


def test_a_failure_is_told_in_plain_words_with_the_providers_own_at_hand(browser: Client, job: Job) -> None:
    put(job, JobState.FAILED, error_code="generation_failed", error_message="upstream: no image", tokens_used=0)
    html = card(browser, job)
    assert "ProductAI could not make this picture. Try again, or change the prompt. Nothing was charged." in html
    assert "<details>" in html and "upstream: no image" in html


def test_a_failed_job_is_tried_again_once(browser: Client, job: Job) -> None:
    jobs.cancel(job)
    answer = browser.post(f"/jobs/{job.id}/retry/", headers=SCRIPT)
    child = Job.objects.get(parent=job)
    assert f'data-job="{child.id}"' in answer.content.decode()
    assert (child.prompt, child.price, child.asset_id) == (job.prompt, 10, job.asset_id)
    assert "/retry/" not in card(browser, job)
    again = browser.post(f"/jobs/{job.id}/retry/", headers=SCRIPT)
    assert (again.status_code, again.content.decode()) == (409, "This job has already been retried.")
    assert ledger.left(team_id=job.team_id) == 90


def test_a_retry_without_credits_is_refused(browser: Client, job: Job) -> None:
    jobs.cancel(job)
    CreditAccount.objects.update(spent=95)
    answer = browser.post(f"/jobs/{job.id}/retry/", headers=SCRIPT)
    assert answer.status_code == 409
    assert answer.content.decode() == "This costs 10 credits, but only 5 are left."


@pytest.mark.parametrize(("choice", "state"), [("retry", JobState.QUEUED), ("give_up", JobState.FAILED)])
def test_a_person_decides_what_nobody_knows(browser: Client, job: Job, choice: str, state: JobState) -> None:
    put(job, JobState.NEEDS_REVIEW, error_message="The answer was lost.")
    html = card(browser, job)
    assert "We cannot tell whether this job ran." in html and "It never ran, try again" in html and "Give up" in html
    browser.post(f"/jobs/{job.id}/resolve/", {"choice": choice}, headers=SCRIPT)
    job.refresh_from_db()
    assert job.state == state


def test_a_decision_must_be_one_of_the_two(browser: Client, job: Job) -> None:
    put(job, JobState.NEEDS_REVIEW)
    assert browser.post(f"/jobs/{job.id}/resolve/", {"choice": "maybe"}).status_code == 400


def test_without_script_an_action_leads_back_with_its_sentence(browser: Client, job: Job) -> None:
    put(job, JobState.SUBMITTED)
    answer = browser.post(f"/jobs/{job.id}/cancel/", follow=True)
    assert "can no longer be cancelled" in answer.content.decode()


def test_a_viewer_sees_the_card_without_actions(vera: User, job: Job) -> None:
    viewer = browser_of(vera)
    assert "<form" not in card(viewer, job)
    for action in ("cancel", "retry", "resolve"):
        assert viewer.post(f"/jobs/{job.id}/{action}/", {"choice": "retry"}).status_code == 403, action


def test_another_teams_job_is_a_404(charlie: User, job: Job) -> None:
    outsider = browser_of(charlie)
    assert outsider.get(f"/jobs/{job.id}/card/").status_code == 404
    for action in ("cancel", "retry", "resolve"):
        assert outsider.post(f"/jobs/{job.id}/{action}/", {"choice": "retry"}).status_code == 404, action


def test_other_pictures_than_were_asked_for_are_told_of_beside_them(browser: Client, job: Job) -> None:
    stored(job, 0)
    put(job, JobState.COMPLETED, error_message="The provider made 1 picture instead of 2, and charged 10 credits.")
    html = card(browser, job)
    assert html.count("The provider made 1 picture instead of 2, and charged 10 credits.") == 1
    assert "What the provider said" not in html


def test_a_person_sees_what_the_provider_has_and_says_which_is_whose(browser: Client, job: Job, vera: User) -> None:
    put(job, JobState.NEEDS_REVIEW)
    mine = {"provider_job_id": "job_there", "created_at": "2026-11-30T10:00:00Z", "status": "completed"}
    mine |= {"model": "nanobanana2", "num_images": 2, "tokens_used": 10, "pictures": ["https://cdn.productai.test/1"]}
    places = {"connection": job.connection, "outcome": Attempt.Outcome.UNKNOWN, "candidates": [mine]}
    Attempt.objects.create(job=job, token_hash="a", **places)
    html = card(browser, job)
    assert "ProductAI has 1 job that may be this one" in html and "job_there" in html and "10 credits" in html
    assert 'href="https://cdn.productai.test/1"' in html and "This is it" in html
    assert browser_of(vera).post(f"/jobs/{job.id}/assign/", {"candidate": "job_there"}).status_code == 403
    assert "This is it" not in card(browser_of(vera), job)
    assert browser.post(f"/jobs/{job.id}/assign/", {"candidate": "job_other"}, headers=SCRIPT).status_code == 409
    browser.post(f"/jobs/{job.id}/assign/", {"candidate": "job_there"}, headers=SCRIPT)
    job.refresh_from_db()
    assert (job.state, job.attempts.get().provider_job_id) == (JobState.SUBMITTED, "job_there")
