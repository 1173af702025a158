"""Refunds and adjustments: by admins, with a reason, once, written into the audit log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.accounts.order_tokens import new_token
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import integrity, ledger
from generation.models import CreditAccount, Job, LedgerEntry
from tests.conftest import browser_of

Post = Callable[..., HttpResponse]


@pytest.fixture
def paid(creator: Actor, mug: Product) -> Job:
    """A job that cost 10 credits."""
    asked: dict[str, Any] = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 2}
    (job,) = start(creator, specs=[JobSpec(product=mug, prompt="On marble", **asked)]).jobs.all()
    ledger.capture(job=job, credits=10, pictures=2)
    Job.objects.update(state="completed")
    return job


@pytest.fixture
def post(ada: User) -> Post:
    """Send a form that was opened just now."""
    order = new_token()

    def send(path: str, **fields: object) -> HttpResponse:
        body = {"order": order, "reason": "The mug was cut off"} | fields
        return browser_of(ada).post(f"/spend/ledger/{path}", body)

    return send


def spent() -> int:
    return CreditAccount.objects.get().spent


def test_a_part_is_given_back_then_the_rest(post: Post, paid: Job, ada: User) -> None:
    answer = post(f"refund/{paid.id}/", credits=4)
    assert answer.headers["Location"] == f"/spend/ledger/?job={paid.id}"
    assert spent() == 6
    page = browser_of(ada).get(f"/spend/ledger/refund/{paid.id}/").content.decode()
    assert "6 credits paid" in page
    assert 'value="6"' in page
    post(f"refund/{paid.id}/", credits=6, reason="All of it")
    assert spent() == 0
    assert "all of it was given back" in browser_of(ada).get(f"/spend/ledger/refund/{paid.id}/").content.decode()
    last, first = AuditEvent.objects.filter(action="ledger.refunded").order_by("-sequence")
    assert (first.object_id, first.actor) == (paid.id, "Ada")
    assert first.after == {"credits": 4, "paid": 6, "reason": "The mug was cut off"}
    assert last.after["paid"] == 0
    assert list(integrity.violations()) == []


def test_a_form_that_is_sent_twice_counts_once(post: Post, paid: Job, team: Team) -> None:
    for _ in range(2):
        assert post(f"refund/{paid.id}/", credits=4).status_code == 302
    for _ in range(2):
        assert post("adjust/", figure="granted", credits=30).status_code == 302
    assert (spent(), CreditAccount.objects.get().granted) == (6, 130)
    assert AuditEvent.objects.filter(action__startswith="ledger.").count() == 2


def test_the_same_again_from_a_new_form_counts_again(post: Post, team: Team, ada: User) -> None:
    post("adjust/", figure="granted", credits=30)
    post("adjust/", figure="granted", credits=30, order=new_token())
    assert CreditAccount.objects.get().granted == 160


BAD_REFUNDS = {
    "Say how many credits.": {"credits": ""},
    "Give a whole number of credits.": {"credits": "1.5"},
    "A refund gives back at least one credit.": {"credits": "-4"},
    "That is more than the 1,000,000,000 credits that one entry may change.": {"credits": "9" * 30},
    "This job cost 10 credits; a refund gives back between 1 and that.": {"credits": "11"},
    "Say why, so that everybody can read it in the ledger.": {"credits": "4", "reason": " "},
    "A reason has up to 200 characters.": {"credits": "4", "reason": "x" * 201},
    "Open this form again before you send it.": {"credits": "4", "order": ""},
    "Open this form again before you send it": {"credits": "4", "order": "no token"},
}


@pytest.mark.parametrize("sentence", BAD_REFUNDS)
def test_a_refund_that_cannot_be_is_refused_in_one_sentence(post: Post, paid: Job, sentence: str) -> None:
    answer = post(f"refund/{paid.id}/", **BAD_REFUNDS[sentence])
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) == 1
    assert spent() == 10
    assert not LedgerEntry.objects.filter(kind="refund").exists()


BAD_ADJUSTMENTS = {
    "Choose what to put right.": {"figure": "held", "credits": "4"},
    "Nothing would change. Give a number other than 0.": {"credits": "0"},
    "That is more than the 1,000,000,000 credits that one entry may change.": {"credits": "-" + "9" * 30},
    "An adjustment cannot take back more than was ever spent or granted.": {"credits": "-11"},
    "This is not a job of your team.": {"credits": "4", "job": "job_other"},
    "Say why, so that everybody can read it in the ledger.": {"credits": "4", "reason": ""},
}


@pytest.mark.parametrize("sentence", BAD_ADJUSTMENTS)
def test_an_adjustment_that_cannot_be_is_refused_in_one_sentence(post: Post, paid: Job, sentence: str) -> None:
    answer = post("adjust/", **{"figure": "spent", **BAD_ADJUSTMENTS[sentence]})
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) == 1
    assert spent() == 10


def test_an_adjustment_of_a_job_takes_back_no_more_than_it_cost(post: Post, paid: Job, team: Team) -> None:
    ledger.adjust(team_id=team.id, actor_id=None, spent=50, reason="Paid by card")
    answer = post("adjust/", figure="spent", credits=-11, job=paid.id)
    assert "This job cost 10 credits; an adjustment cannot take back more than that." in answer.content.decode()
    assert spent() == 60


def test_an_adjustment_goes_either_way_and_may_belong_to_a_job(post: Post, paid: Job, team: Team, ada: User) -> None:
    assert post("adjust/", figure="spent", credits=-3, job=paid.id).headers["Location"].endswith(f"?job={paid.id}")
    assert post("adjust/", figure="granted", credits=-20, reason="Typed twice").headers["Location"] == "/spend/ledger/"
    account = CreditAccount.objects.get()
    assert (account.spent, account.granted) == (7, 80)
    entry = LedgerEntry.objects.get(kind="adjust", job=paid)
    assert (entry.actor, entry.member, entry.spent) == (ada, paid.member, -3)
    told = AuditEvent.objects.filter(action="ledger.adjusted").order_by("sequence").values_list("object_id", "after")
    assert list(told) == [
        (paid.id, {"spent": -3, "reason": "The mug was cut off"}),
        (team.id, {"granted": -20, "reason": "Typed twice"}),
    ]
    assert list(integrity.violations()) == []


def test_only_admins_correct(paid: Job, bob: User, charlie: User) -> None:
    for user, status in ((bob, 403), (charlie, 404)):
        assert browser_of(user).post(f"/spend/ledger/refund/{paid.id}/", {"credits": 1}).status_code == status
    assert browser_of(bob).post("/spend/ledger/adjust/", {"credits": 1}).status_code == 403


def test_a_paid_line_leads_to_its_refund(paid: Job, ada: User) -> None:
    page = browser_of(ada).get("/spend/ledger/").content.decode()
    assert page.count(f'href="/spend/ledger/refund/{paid.id}/"') == 1
