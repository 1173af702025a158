"""What exists already is offered before it is paid for again; and a picture can be made again on purpose."""

from typing import Any

import pytest
from django.test import Client

from dashboard.accounts.models import Team, User
from dashboard.projects.models import Product
from generation.credits import ledger
from generation.models import Batch, CreditAccount, Image, Job
from tests.conftest import browser_of
from tests.studio.conftest import Press
from tests.ui.markup import one_line


@pytest.fixture
def made(press: Press) -> Job:
    """A completed job of two pictures."""
    press()
    Job.objects.update(state="completed", due_at=None)
    job = Job.objects.get()
    for index in range(2):
        Image.objects.create(team=job.team, job=job, index=index, thumbnail="x.webp", stored_at=job.created_at)
    return job


def test_the_quote_says_what_exists_and_shows_it(browser: Client, asked: dict[str, Any], made: Job) -> None:
    ask = asked | {"aspect_ratio": ["1:1", "9:16"]}
    html = one_line(browser.post("/generate/quote/", ask, headers={"HX-Request": "true"}).content.decode())
    assert "2 of these already exist." in html and "Make only the 2 new ones · 10 credits" in html
    assert all(f"/gallery/{image.id}/" in html for image in made.images.all())


@pytest.mark.parametrize("script", [False, True])
def test_the_first_press_shows_the_offer_and_charges_nothing(press: Press, team: Team, made: Job, script: bool) -> None:
    answer = press(script=script)
    html = answer.content.decode()
    assert answer.status_code == 422 and "All of these already exist." in html
    assert "Nothing is charged yet." in html and '<details class="duplicates" open>' in html
    assert Job.objects.count() == 1 and ledger.left(team_id=team.id) == 90
    if script:
        assert answer["HX-Retarget"] == "#quote"


def test_a_second_press_makes_all_anyway(press: Press, made: Job) -> None:
    assert press(duplicates="all").status_code == 302
    assert Job.objects.count() == 2


def test_a_second_press_makes_only_the_new_ones(press: Press, made: Job) -> None:
    assert press(duplicates="new", aspect_ratio=["1:1", "9:16"]).status_code == 302
    assert Job.objects.exclude(pk=made.pk).get().aspect_ratio == "9:16"


def test_only_the_new_ones_of_none_is_no_batch(press: Press, made: Job) -> None:
    assert press(duplicates="new").status_code == 422
    assert Batch.objects.count() == 1


OTHER = [{"prompt": "on oak"}, {"model": "seedream"}, {"aspect_ratio": ["4:3"]}]


@pytest.mark.parametrize("changed", OTHER)
def test_another_prompt_model_or_shape_is_new(press: Press, made: Job, changed: dict[str, Any]) -> None:
    assert press(**changed).status_code == 302


def test_another_photo_of_the_product_is_new(press: Press, made: Job, mug: Product) -> None:
    asset = mug.asset
    asset.pk = None
    asset.save(force_insert=True)
    Product.objects.filter(pk=mug.pk).update(asset=asset)
    assert press().status_code == 302


def test_what_failed_does_not_exist(press: Press, made: Job) -> None:
    Job.objects.update(state="failed")
    assert press().status_code == 302


def test_what_another_team_made_does_not_exist(press: Press, made: Job, charlie: User) -> None:
    other = charlie.memberships.get().team
    Job.objects.update(team=other)
    assert press().status_code == 302


class TestAgain:
    def test_a_picture_is_made_again_for_the_same_photo(self, browser: Client, made: Job, mug: Product) -> None:
        photo = made.asset
        newer = mug.asset
        newer.pk = None
        newer.save(force_insert=True)
        Product.objects.filter(pk=mug.pk).update(asset=newer)
        assert browser.post(f"/jobs/{made.id}/again/").status_code == 302
        job = Job.objects.exclude(pk=made.pk).get()
        assert (job.parent, job.lineage, job.asset) == (made, "rerun", photo)
        assert (job.prompt, job.num_images, job.price) == (made.prompt, 2, 10)

    def test_a_lack_of_credits_is_said_and_nothing_is_made(self, browser: Client, made: Job) -> None:
        CreditAccount.objects.update(granted=0)
        html = browser.post(f"/jobs/{made.id}/again/", follow=True).content.decode()
        assert "This costs 10 credits" in html and Job.objects.count() == 1

    def test_a_viewer_may_not_and_an_outsider_finds_nothing(self, vera: User, charlie: User, made: Job) -> None:
        assert browser_of(vera).post(f"/jobs/{made.id}/again/").status_code == 403
        assert browser_of(charlie).post(f"/jobs/{made.id}/again/").status_code == 404
        assert Job.objects.count() == 1


class TestVariation:
    def test_the_form_opens_with_the_settings_and_names_the_parent(self, browser: Client, made: Job) -> None:
        html = browser.get(f"/generate/?variation={made.id}").content.decode()
        assert f'name="parent" value="{made.id}"' in html and "A variation of a picture of Camp mug." in html
        assert "Camp mug on white marble</textarea>" in html

    def test_what_is_made_is_a_variation_of_it(self, press: Press, made: Job) -> None:
        press(parent=made.id, prompt="on black marble")
        job = Job.objects.exclude(pk=made.pk).get()
        assert (job.parent, job.lineage) == (made, "variation")

    def test_another_teams_job_is_no_parent(self, browser: Client, press: Press, made: Job, charlie: User) -> None:
        outsider = browser_of(charlie)
        assert outsider.get(f"/generate/?variation={made.id}").status_code == 404
        Job.objects.update(team=charlie.memberships.get().team)
        press(parent=made.id)
        assert Job.objects.exclude(pk=made.pk).get().parent is None


def test_a_second_try_is_noted_as_one(browser: Client, made: Job) -> None:
    Job.objects.update(state="failed")
    browser.post(f"/jobs/{made.id}/retry/")
    assert Job.objects.exclude(pk=made.pk).get().lineage == "retry"
    assert "already been retried" not in browser.get("/generate/").content.decode()
