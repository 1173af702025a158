"""Approving and rejecting: what is decided, by whom, and what the team's rules allow."""

import json
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.gallery import review
from dashboard.gallery.review import OWN_WORK, Review
from generation.credits import ledger, rebuild
from generation.models import CreditAccount, DailySpend, Image, Job
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery

Decide = Callable[..., HttpResponse]


@pytest.fixture
def picture(pictures: Gallery) -> Image:
    return pictures(1)[0]


@pytest.fixture
def decide(picture: Image, bob: User) -> Decide:
    def post(verdict: str, *, who: User = bob, address: str = "", **headers: str) -> HttpResponse:
        url = f"/gallery/{picture.id}/review/{address}"
        return browser_of(who).post(url, {"verdict": verdict}, headers=headers)  # type: ignore[return-value]

    return post


def actions(picture: Image) -> list[str]:
    return list(AuditEvent.objects.filter(object_id=picture.id).order_by("sequence").values_list("action", flat=True))


def test_a_picture_is_approved_rejected_and_taken_back(decide: Decide, picture: Image) -> None:
    for verdict in ("approved", "rejected", ""):
        assert decide(verdict).status_code == 302
        picture.refresh_from_db()
        assert picture.review == verdict
    assert actions(picture) == ["picture.approved", "picture.rejected", "picture.review_cleared"]


def test_saying_the_same_twice_changes_nothing(decide: Decide, picture: Image) -> None:
    decide("approved")
    decide("approved")
    assert actions(picture) == ["picture.approved"]


def test_the_event_tells_before_and_after(decide: Decide, picture: Image, bob: User) -> None:
    decide("rejected")
    event = AuditEvent.objects.get(action="picture.rejected")
    assert event.user == bob
    assert event.before == {"product": "Camp mug", "review": "Not reviewed"}
    assert event.after == {"product": "Camp mug", "review": "Rejected"}


def test_the_report_counts_what_is_approved(decide: Decide, picture: Image, team: Team) -> None:
    ledger.capture(job=picture.job, credits=3, pictures=1)
    for verdict, counted in (("approved", 1), ("rejected", 0), ("approved", 1), ("", 0)):
        decide(verdict)
        assert DailySpend.objects.get().approved == counted
        assert not list(rebuild.differences(CreditAccount.objects.get(team=team)))


def test_whoever_comes_second_overwrites_nothing_unseen(creator: Actor, picture: Image) -> None:
    stale = Image.objects.select_related("job__product", "job__api_key").get(pk=picture.pk)
    Image.objects.filter(pk=picture.pk).update(review=Review.REJECTED)
    assert not review.review(creator, stale, verdict=Review.APPROVED)
    assert Image.objects.get(pk=picture.pk).review == Review.REJECTED
    assert actions(picture) == []


def test_a_viewer_may_only_look(decide: Decide, picture: Image, vera: User) -> None:
    assert decide("approved", who=vera).status_code == 403
    page = browser_of(vera).get(f"/gallery/{picture.id}/").content.decode()
    assert 'name="verdict"' not in page
    Image.objects.update(review=Review.APPROVED)
    assert ">Approved</span>" in re.sub(r"<svg.*?</svg>", "", browser_of(vera).get("/gallery/").content.decode())


def test_an_outsider_finds_nothing_to_judge(decide: Decide, picture: Image, charlie: User) -> None:
    assert decide("approved", who=charlie).status_code == 404


@pytest.mark.parametrize("verdict", ["maybe", "APPROVED", "\0"])
def test_nonsense_is_refused_with_a_sentence(decide: Decide, picture: Image, verdict: str) -> None:
    answer = decide(verdict)
    assert (answer.status_code, answer.content) == (400, b"Choose whether to approve or to reject.")
    assert actions(picture) == []


def test_the_filters_stay_in_the_address(decide: Decide, picture: Image) -> None:
    assert decide("approved", address="?review=none")["Location"] == f"/gallery/{picture.id}/?review=none"


def test_a_script_gets_the_lightbox_part_and_tells_the_tiles(decide: Decide, picture: Image) -> None:
    answer = decide("approved", **{"HX-Request": "true", "HX-Target": "review"})
    assert b"<html" not in answer.content and b'aria-pressed="true"' in answer.content
    told = json.loads(answer["HX-Trigger"])["picture:reviewed"]
    assert told == {"picture": picture.id, "review": "approved", "badge": "Approved", "badge_tone": "good"}


def test_the_lightbox_tells_who_decided_what(decide: Decide, picture: Image, ada: User) -> None:
    decide("approved")
    decide("rejected", who=ada)
    decide("", who=ada)
    page = browser_of(ada).get(f"/gallery/{picture.id}/").content.decode()
    found = re.findall(r"<li>\s*([\w ]+?)\s*<time", page)
    assert found == ["Review taken back by Ada", "Rejected by Ada", "Approved by Bob"]


@pytest.mark.parametrize(("value", "which"), [("approved", 0), ("rejected", 1), ("none", 2)])
def test_the_gallery_is_narrowed_to_a_review(pictures: Gallery, vera: User, value: str, which: int) -> None:
    rows = [pictures(1)[0] for _ in range(3)]
    Image.objects.filter(pk=rows[0].pk).update(review=Review.APPROVED)
    Image.objects.filter(pk=rows[1].pk).update(review=Review.REJECTED)
    page = browser_of(vera).get(f"/gallery/?review={value}").content.decode()
    assert re.findall(r'id="(img_\w+)"', page) == [rows[which].id]


def test_an_unknown_review_in_the_address_shows_all(picture: Image, vera: User) -> None:
    assert picture.id in browser_of(vera).get("/gallery/?review=perhaps").content.decode()


@pytest.fixture
def strict(team: Team) -> Team:
    """Nobody approves what they made."""
    team.approve_own = False
    team.save()
    return team


def test_nobody_approves_their_own_work_where_the_team_says_so(
    decide: Decide, picture: Image, strict: Team, bob: User, ada: User
) -> None:
    answer = decide("approved", **{"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode()) == (409, OWN_WORK)
    page = browser_of(bob).get(f"/gallery/{picture.id}/").content.decode()
    assert OWN_WORK in page
    assert re.search(r'id="approve"[^>]*disabled aria-describedby="barred"', page)
    told = browser_of(bob).post(f"/gallery/{picture.id}/review/", {"verdict": "approved"}, follow=True)
    assert OWN_WORK in told.content.decode().partition('id="toasts"')[2]
    assert decide("rejected").status_code == 302, "one may always turn one's own work down"
    assert decide("approved", who=ada).status_code == 302
    assert actions(picture) == ["picture.rejected", "picture.approved"]


def test_a_key_of_ones_own_is_no_way_around(decide: Decide, picture: Image, strict: Team, bob: User, ada: User) -> None:
    key, _ = ApiKey.issue(team=strict, name="Night batch", created_by=ada)
    Job.objects.filter(pk=picture.job_id).update(api_key=key, member=None)
    assert decide("approved", who=ada, **{"HX-Request": "true"}).status_code == 409
    assert decide("approved", who=bob).status_code == 302


def test_what_nobody_made_anybody_may_approve(picture: Image, strict: Team) -> None:
    Job.objects.filter(pk=picture.job_id).update(member=None)
    fresh = Image.objects.select_related("job__product", "job__api_key").get(pk=picture.pk)
    assert not review.barred(Actor(strict, Role.OWNER), fresh)


@pytest.fixture
def guarded(team: Team) -> Team:
    """Only what is approved leaves the house."""
    team.approved_only = True
    team.save()
    return team


def test_only_approved_pictures_are_downloaded_where_the_team_says_so(
    decide: Decide, picture: Image, guarded: Team, bob: User
) -> None:
    refused = browser_of(bob).get(f"/gallery/{picture.id}/download/")
    assert refused.status_code == 403
    assert review.NOT_APPROVED in refused.content.decode()
    decide("approved")
    assert browser_of(bob).get(f"/gallery/{picture.id}/download/").status_code == 302


def test_an_unapproved_picture_is_seen_but_its_original_is_offered_nowhere(
    decide: Decide, picture: Image, guarded: Team, vera: User
) -> None:
    page = browser_of(vera).get(f"/gallery/{picture.id}/").content.decode()
    assert review.NOT_APPROVED in page and "<img src=" in page
    assert "data-original" not in page and "/download/" not in page
    decide("approved")
    page = browser_of(vera).get(f"/gallery/{picture.id}/").content.decode()
    assert "data-original" in page and "/download/" in page
