"""``/gallery/<id>/``: a picture large, with everything that is known of it."""

import re

import pytest
from django.test import Client

from dashboard.accounts.models import ApiKey, Team, User
from dashboard.gallery.receipt import file_name
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Project
from generation.models import Image, Job
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery
from tests.ui.markup import one_line


@pytest.fixture
def picture(pictures: Gallery, team: Team) -> Image:
    preset = Preset.objects.create(team=team, name="Marble morning")
    version = PresetVersion.objects.create(preset=preset, number=4, template="On marble")
    project = Project.objects.create(team=team, name="Spring")
    (row,) = pictures(1, preset_version=version, project=project, prompt="On <white> marble")
    return row


def text(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return one_line(answer.content.decode())


def test_the_receipt_says_everything(picture: Image, vera: User) -> None:
    page = text(browser_of(vera), f"/gallery/{picture.id}/")
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]*)</dd>", page))
    assert facts["Prompt"] == "On &lt;white&gt; marble"
    assert facts["Model"] == "nanobanana"
    assert facts["Preset"] == "Marble morning · version 4"
    assert facts["Project"] == "Spring"
    assert facts["Shape"] == "4:3 · 640 × 480 px"
    assert facts["Credits"] == "3"
    assert facts["Made by"] == "Bob"
    assert facts["Job"] == picture.job_id
    assert "Camp mug" in page


def test_the_true_cost_is_shown_once_it_is_known(picture: Image, vera: User) -> None:
    Job.objects.filter(pk=picture.job_id).update(tokens_used=7, num_images=2)
    assert "7 for the 2 pictures of its job" in text(browser_of(vera), f"/gallery/{picture.id}/")


def test_a_picture_of_a_script_names_its_key(picture: Image, team: Team, alice: User, vera: User) -> None:
    key, _ = ApiKey.issue(team=team, name="Night batch", created_by=alice)
    Job.objects.filter(pk=picture.job_id).update(api_key=key, member=None)
    assert "API key Night batch" in text(browser_of(vera), f"/gallery/{picture.id}/")


def test_it_is_a_page_of_its_own_over_the_gallery(picture: Image, vera: User) -> None:
    page = text(browser_of(vera), f"/gallery/{picture.id}/")
    assert 'id="lightbox"' in page
    assert "data-open open" in page
    assert 'data-home="/gallery/"' in page
    assert f'id="{picture.id}"' in page


def test_a_script_gets_what_the_dialog_holds(picture: Image, vera: User) -> None:
    answer = browser_of(vera).get(f"/gallery/{picture.id}/", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"lightbox-grid" in answer.content
    assert "HX-Request" in answer["Vary"]


def test_its_neighbours_are_those_that_the_filters_show(pictures: Gallery, vera: User) -> None:
    oldest, other, newest = pictures(1)[0], pictures(1, model="seedream")[0], pictures(1)[0]
    browser = browser_of(vera)
    page = text(browser, f"/gallery/{other.id}/")
    assert f'href="/gallery/{newest.id}/" data-lightbox rel="prev"' in page
    assert f'href="/gallery/{oldest.id}/" data-lightbox rel="next"' in page
    narrowed = text(browser, f"/gallery/{oldest.id}/?model=nanobanana")
    assert f'href="/gallery/{newest.id}/?model=nanobanana" data-lightbox rel="prev"' in narrowed
    assert 'rel="next"' not in narrowed


def test_its_settings_can_be_used_again_by_who_may(picture: Image, bob: User, vera: User) -> None:
    again = f'href="/generate/?variation={picture.job_id}"'
    assert again in text(browser_of(bob), f"/gallery/{picture.id}/")
    assert again not in text(browser_of(vera), f"/gallery/{picture.id}/")


def test_the_original_is_downloaded_under_a_good_name(picture: Image, vera: User) -> None:
    answer = browser_of(vera).get(f"/gallery/{picture.id}/download/", follow=True)
    name = f"camp-mug-marble-morning-{picture.id[-4:]}.jpg"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "image/jpeg"


def test_a_name_without_letters_still_makes_a_file_name(picture: Image) -> None:
    picture.job.product.name, picture.job.preset_version = "杯子", None
    assert file_name(picture) == f"picture-{picture.id[-4:]}.jpg"


@pytest.mark.parametrize("path", ["", "download/"])
def test_an_outsider_finds_nothing(picture: Image, charlie: User, path: str) -> None:
    assert browser_of(charlie).get(f"/gallery/{picture.id}/{path}").status_code == 404
    assert browser_of(charlie).get(f"/gallery/img_none/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "download/"])
def test_a_picture_that_is_not_stored_is_not_there_yet(picture: Image, vera: User, path: str) -> None:
    Image.objects.update(stored_at=None)
    assert browser_of(vera).get(f"/gallery/{picture.id}/{path}").status_code == 404
