"""Whatever a provider says: what cannot be stored ends in review at once, in a sentence, and is kept as it came."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Response

from generation import tasks
from generation.credits import ledger
from generation.models import TERMINAL, Attempt, Connection, Hold, Image, Job, JobState
from generation.pipeline import dispatch, jobs, settlement, submission
from generation.provider import answers as provider_answers
from generation.provider import connections
from generation.provider.client import ProviderError
from tests.generation.conftest import completed, remote_job

HUGE = 2**70
DEEP = "[" * 100_000
LONG = "x" * 10_240
LINK = "http://p/1.png"


@pytest.fixture
def submitted(claimed: Job) -> Job:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    return attempt.job


def done(**changes: Any) -> dict[str, Any]:
    return completed(LINK, LINK) | changes


def pictures(*images: object) -> dict[str, Any]:
    return done(images=list(images))


def picture(**changes: Any) -> dict[str, Any]:
    return {"url": LINK, "width": 64, "height": 48} | changes


ODD = [
    (pictures(picture(width=-1), picture()), "the width of picture 1 is -1"),
    (pictures(picture(), picture(height=HUGE)), f"the height of picture 2 is {HUGE}"),
    (pictures(picture(width="64")), 'the width of picture 1 is "64"'),
    (pictures(picture(width=True)), "the width of picture 1 is true"),
    (pictures(picture(width=float("nan"))), "the width of picture 1 is NaN"),
    (pictures(picture(url="http://p/" + "x" * 2_000)), "the url of picture 1 has 2,009 characters"),
    (pictures(picture(url="http://p/\0.png")), 'the url of picture 1 is "http://p/\\u0000.png"'),
    (pictures(picture(url="http://p/\ud800")), "the url of picture 1"),
    (pictures(picture(url="file:///etc/passwd")), 'the url of picture 1 is "file:///etc/passwd"'),
    (pictures(picture(url=None)), "the url of picture 1 is missing"),
    (pictures("http://p/1.png"), 'the picture is "http://p/1.png"'),
    (pictures(*[picture()] * 17), "it has 17 pictures"),
    (done(images="many"), 'images is "many"'),
    (done(tokens_used=HUGE), f"tokens_used is {HUGE}"),
    (done(tokens_used=10_001), "tokens_used is 10001"),
    (done(tokens_used=-5), "tokens_used is -5"),
    (done(tokens_used="10"), 'tokens_used is "10"'),
    (done(tokens_used=True), "tokens_used is true"),
    (done(tokens_used=float("inf")), "tokens_used is Infinity"),
    (done(tokens_used=2.5), "tokens_used is 2.5"),
    (done(job_id=LONG), "job_id has 10,240 characters"),
    (done(job_id="job\0"), "job_id is"),
    (done(job_id="job_other"), "it is about another job"),
    (done(status="cancelled"), 'status is "cancelled"'),
    (done(status=["completed"]), "status is a list"),
    (remote_job(status="failed", tokens_used=HUGE), "tokens_used is"),
    (None, "the job is missing"),
    (["job"], "the job is a list"),
]


@pytest.mark.parametrize(("body", "reason"), ODD, ids=[reason[:40] for _, reason in ODD])
def test_what_cannot_be_stored_is_a_persons_decision_at_once(
    submitted: Job, httpserver: HTTPServer, body: object, reason: str
) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_data(json.dumps(body))
    tasks.settle_job(submitted.id)
    submitted.refresh_from_db()
    assert (submitted.state, submitted.due_at) == (JobState.NEEDS_REVIEW, None)
    assert submitted.error_message.startswith(f"The provider's answer could not be read: {reason}")
    assert Attempt.objects.get().answer == json.dumps(body)[:4_000]
    assert ledger.left(team_id=submitted.team_id) == 90


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DEEP, "it is nested too deeply."),
        ('{"job_id": ' + DEEP, "it is nested too deeply."),
        ('{"padding": "' + "x" * 2**21 + '"}', "it is larger than 2 MB."),
        (
            json.dumps(done(tokens_used=0)).replace('"tokens_used": 0', '"tokens_used": ' + "9" * 10_000),
            "tokens_used is",
        ),
    ],
    ids=["deep", "deep inside", "large", "ten thousand digits"],
)
def test_what_cannot_even_be_decoded_is_one_too(submitted: Job, httpserver: HTTPServer, text: str, reason: str) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_data(text)
    tasks.settle_job(submitted.id)
    submitted.refresh_from_db()
    assert submitted.state == JobState.NEEDS_REVIEW
    assert submitted.error_message.startswith(f"The provider's answer could not be read: {reason}")
    assert Attempt.objects.get().answer == text[:4_000]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"progress": "half"},
        {"progress": -1},
        {"progress": float("nan")},
        {"created_at": LONG},
        {"created_at": "0001-01-01T00:00:00Z"},
        {"created_at": 12},
        {"model": "\0" * 5_000},
        {"num_images": HUGE},
        {"started_at": {"when": "now"}},
        {"error": "none"},
        {"images": "soon", "tokens_used": HUGE},
    ],
    ids=str,
)
def test_nonsense_that_only_decorates_costs_no_look(
    submitted: Job, httpserver: HTTPServer, nonsense: dict[str, Any]
) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_data(json.dumps(remote_job(**nonsense)))
    tasks.settle_job(submitted.id)
    submitted.refresh_from_db()
    assert submitted.state == JobState.SUBMITTED
    assert 0 <= submitted.progress <= 100


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (1, "The provider made 1 picture instead of 2, and charged 7 credits."),
        (3, "The provider made 3 pictures instead of 2, and charged 7 credits."),
    ],
)
def test_other_pictures_than_were_asked_for_are_taken_as_told_and_the_job_says_so(
    submitted: Job, httpserver: HTTPServer, made: int, sentence: str
) -> None:
    answer = completed(*[LINK] * made, tokens_used=7)
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(answer)
    settlement.settle(submitted)
    submitted.refresh_from_db()
    assert (submitted.state, submitted.error_message) == (JobState.RENDERED, sentence)
    assert Image.objects.count() == made
    assert ledger.left(team_id=submitted.team_id) == 93


def test_a_page_of_something_in_between_is_no_answer(submitted: Job, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_data("<html>Please sign in</html>")
    settlement.settle(submitted)
    submitted.refresh_from_db()
    assert submitted.state == JobState.SUBMITTED


@pytest.mark.parametrize("named", [LONG, None, "", {"id": 1}, 10**200, "a\nb"], ids=lambda value: str(value)[:9])
def test_an_acceptance_without_a_usable_id_is_looked_for_once_and_then_a_persons_decision(
    claimed: Job, httpserver: HTTPServer, named: object
) -> None:
    httpserver.expect_request("/v1/generate").respond_with_json({"job_id": named}, status=202)
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": [{"job_id": named}]})
    submission.submit(claimed)
    assert claimed.state == JobState.UNKNOWN
    tasks.resolve_job(claimed.id)
    claimed.refresh_from_db()
    assert claimed.state == JobState.NEEDS_REVIEW
    assert claimed.error_message.startswith("The provider's answer could not be read: job_id ")
    assert Attempt.objects.get().answer.startswith('{\n    "job_id":')


def test_an_upload_without_a_usable_id_fails_the_job_and_costs_nothing(
    order: Callable[..., Job], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v1/training-asset").respond_with_json({"asset_id": LONG}, status=201)
    job = order()
    jobs.claim(job)
    submission.submit(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "photo_unusable")
    assert "asset_id has 10,240 characters" in job.error_message
    assert ledger.left(team_id=job.team_id) == 100


@pytest.mark.parametrize("answer", [{"jobs": []}, {"jobs": "none"}, {"jobs": [{}]}, {"jobs": [{}] * 1_001}], ids=str)
def test_a_list_that_cannot_be_read_is_not_asked_for_ever(
    claimed: Job, httpserver: HTTPServer, answer: dict[str, Any]
) -> None:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.mark_unknown(claimed, attempt=attempt, detail="reset")
    httpserver.expect_request("/v1/jobs").respond_with_json(answer)
    for _ in range(settlement.LOOKS + 1):
        tasks.resolve_job(claimed.id)
    assert Job.objects.get().state == JobState.NEEDS_REVIEW


@pytest.mark.parametrize("body", [DEEP, json.dumps({"job_id": LONG}), json.dumps({"job_id": [1]}), "\ud83d"], ids=str)
def test_a_webhook_that_names_no_job_is_nobodys_exception(claimed: Job, httpserver: HTTPServer, body: str) -> None:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.mark_unknown(claimed, attempt=attempt, detail="reset")
    attempt.deliveries.create(digest="x", body=provider_answers.storable(body))
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": []})
    tasks.resolve_job(claimed.id)
    assert Job.objects.get().state == JobState.UNKNOWN


def test_a_late_webhook_of_a_job_in_review_is_looked_into_again_when_the_provider_was_out_of_order(
    claimed: Job, httpserver: HTTPServer
) -> None:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.mark_unknown(claimed, attempt=attempt, detail="reset")
    jobs.ask_for_review(claimed, message="Lost.")
    httpserver.expect_request("/v1/jobs").respond_with_json({}, status=503)
    tasks.follow_attempt(attempt.id)
    Attempt.objects.filter(due_at__isnull=False).update(due_at=jobs.timezone.now())
    assert [hint.task for hint in dispatch.due()] == ["follow_attempt"]
    httpserver.clear()
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": []})
    tasks.follow_attempt(attempt.id)
    attempt.refresh_from_db()
    assert attempt.due_at and attempt.due_at > jobs.timezone.now()


def test_words_without_end_and_signs_that_no_database_takes_are_cut(httpserver: HTTPServer, claimed: Job) -> None:
    error = {"error": {"code": "\0" * 50, "message": "\ud800\0" * 5_000}}
    httpserver.expect_request("/v1/generate").respond_with_data(json.dumps(error), status=400)
    submission.submit(claimed)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.error_message) == (JobState.FAILED, "?" * 500)


odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.sampled_from(
        ["", "\0", "\ud800", LONG, LINK, "http://p/" + LONG, "completed", "failed", "9999-12-31T23:59:59-23:59"]
    )
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "message", "url"]), inner),
    max_leaves=4,
)
"""Values that no field expects."""
NAMES = ["job_id", "status", "images", "tokens_used", "progress", "created_at", "num_images", "model", "error"]
odd_jobs = st.builds(
    lambda base, changes, whole: whole if whole is not None else base | changes,
    st.sampled_from([remote_job(), done(), remote_job(status="failed")]),
    st.dictionaries(st.sampled_from(NAMES), odd_values, max_size=3),
    st.none() | st.none() | odd_values,
)
odd_pictures = st.fixed_dictionaries({"url": st.just(LINK) | odd_values, "width": odd_values, "height": odd_values})
answers = odd_jobs | st.builds(lambda images: done(images=images), st.lists(odd_pictures, max_size=6))


@pytest.fixture
def says(httpserver: HTTPServer) -> Callable[[str, int], None]:
    """Makes the provider say one thing to everything."""
    said = {"body": "", "status": 200}
    httpserver.expect_request("/v1/me").respond_with_handler(lambda _: _say(said))
    for path in ("generate", "jobs", "jobs/job_abc123xyz", "presets", "my-uploaded-assets", "training-asset"):
        httpserver.expect_request(f"/v1/{path}").respond_with_handler(lambda _: _say(said))
    return lambda body, status: said.update(body=body, status=status)


def _say(said: dict[str, Any]) -> Response:
    return Response(said["body"].encode(errors="surrogatepass"), said["status"])


@settings(max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=answers,
    wrapped=st.sampled_from(["job", "list", "page"]),
    status=st.sampled_from([200] * 6 + [400, 429, 503]),
)
def test_no_answer_raises_in_a_task_or_keeps_a_job_for_ever(
    submitted: Job, says: Callable[[str, int], None], answer: Any, wrapped: str, status: int
) -> None:
    """The examples are the same in every run; a failing one is printed with what repeats it."""
    body = {
        "job": answer,
        "list": {"jobs": [answer] * 2, "total": answer},
        "page": {"presets": [answer], "assets": answer},
    }
    Connection.objects.update(pause="", paused_until=None, plan_limit=1_000_000)
    says(json.dumps(body[wrapped]), status)
    with transaction.atomic():
        tasks.settle_job(submitted.id)
        job = Job.objects.get(pk=submitted.pk)
        is_held = Hold.objects.get(job=job).resolved_at is None
        assert is_held == (job.state in {JobState.SUBMITTED, JobState.NEEDS_REVIEW})
        if job.state == JobState.SUBMITTED:
            told = body[wrapped] if isinstance(body[wrapped], dict) else {}
            assert status != 200 or told.get("status") in {"pending", "processing"}
        Job.objects.filter(pk=job.pk).update(state=JobState.UNKNOWN)
        Attempt.objects.update(outcome=Attempt.Outcome.UNKNOWN, provider_job_id=None)
        for _ in range(settlement.LOOKS + 1):
            tasks.resolve_job(job.id)
        job.refresh_from_db()
        assert status != 200 or job.state in {JobState.NEEDS_REVIEW, JobState.RENDERED, JobState.SUBMITTED, *TERMINAL}
        tasks.sweep_jobs(job.connection_id)
        tasks.check_balances(job.connection_id)
        tasks.compare_books(job.connection_id)
        _ask_for_everything_else(job.connection)
        transaction.set_rollback(True)


def _ask_for_everything_else(connection: Connection) -> None:
    with connections.open_client(connection) as client:
        asks: list[Callable[[], object]] = [
            client.list_presets,
            client.list_assets,
            client.get_account,
            lambda: client.upload_asset(b"x", filename="x.png", mime="image/png"),
        ]
        for ask in asks:
            try:
                ask()
            except ProviderError:
                continue
