"""A picture that cannot be shown, or not whole, says so wherever it would be shown, and can be had as it came."""

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.projects.models import Project
from dashboard.studio import duplicates
from dashboard.studio.actions import JobSpec
from generation.media import pictures as media
from generation.models import Image, Job, JobState
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery
from tests.ui.markup import one_line

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(1000)


@pytest.fixture
def flawed(pictures: Gallery, team: Team) -> Image:
    (image,) = pictures(1, project=Project.objects.create(team=team, name="Spring"))
    return with_flaw(image, HEIC)


def with_flaw(image: Image, data: bytes) -> Image:
    picture = media.read_delivery(data)
    keys = media.store(picture, folder=f"{image.team_id}/pictures/{image.id}")
    facts = {"flaw": picture.flaw, "mime": picture.mime, "size": len(data), "width": 0, "height": 0, "thumb_hash": ""}
    Image.objects.filter(pk=image.pk).update(**facts, **vars(keys))
    Job.objects.filter(pk=image.job_id).update(state=JobState.COMPLETED)
    return Image.objects.get(pk=image.pk)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return one_line(answer.content.decode())


def test_its_tile_says_that_it_cannot_be_shown(flawed: Image, vera: User) -> None:
    shown = page(browser_of(vera), "/gallery/")
    assert "Cannot be shown" in shown and f"/gallery/{flawed.id}/" in shown
    assert 'src=""' not in shown


@pytest.mark.parametrize(
    "where", ["/gallery/", "/products/{product}/", "/projects/{project}/", "/batches/{batch}/", "/generate/"]
)
def test_no_page_draws_a_broken_picture(flawed: Image, bob: User, where: str) -> None:
    job = flawed.job
    address = where.format(product=job.product_id, project=job.project_id, batch=job.batch_id)
    shown = page(browser_of(bob), address)
    assert "Cannot be shown" in shown
    assert 'src=""' not in shown


def test_the_lightbox_says_what_it_is_and_offers_it(flawed: Image, bob: User) -> None:
    shown = page(browser_of(bob), f"/gallery/{flawed.id}/")
    assert "ProductAI delivered a HEIC file that cannot be shown here." in shown
    assert "Download original" in shown
    assert "data-zoom" not in shown and "data-compare" not in shown
    assert "HEIC · 1 KB · Cannot be shown" in shown


@pytest.mark.parametrize(
    ("data", "extension"),
    [(HEIC, "heic"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bin"), (b"<!doctype html><script>", "bin")],
    ids=["HEIC", "SVG", "HTML"],
)
def test_it_is_saved_under_a_safe_name_and_never_shown_as_a_page(
    pictures: Gallery, vera: User, data: bytes, extension: str
) -> None:
    flawed = with_flaw(*pictures(1), data)
    client = browser_of(vera)
    answer = client.get(client.get(f"/gallery/{flawed.id}/download/").headers["Location"])
    assert answer.content == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="camp-mug-{flawed.id[-4:]}.{extension}"'


def test_nothing_is_offered_where_nothing_was_kept(pictures: Gallery, vera: User) -> None:
    flawed = with_flaw(*pictures(1), b"")
    client = browser_of(vera)
    shown = page(client, f"/gallery/{flawed.id}/")
    assert "ProductAI delivered an empty file" in shown
    assert "Download original" not in shown
    assert client.get(f"/gallery/{flawed.id}/download/").status_code == 404


def test_it_can_be_had_before_it_is_approved(flawed: Image, team: Team, vera: User) -> None:
    """Nobody could judge it otherwise."""
    Team.objects.filter(pk=team.pk).update(approved_only=True)
    assert browser_of(vera).get(f"/gallery/{flawed.id}/download/").status_code == 302


def test_a_picture_that_is_cut_off_says_so(pictures: Gallery, vera: User) -> None:
    (image,) = pictures(1)
    Image.objects.filter(pk=image.pk).update(flaw="incomplete")
    assert "Cut off" in page(browser_of(vera), "/gallery/")
    assert "What arrived of it is shown." in page(browser_of(vera), f"/gallery/{image.id}/")


def test_it_is_no_cover(flawed: Image, pictures: Gallery, bob: User) -> None:
    client, project = browser_of(bob), f"/projects/{flawed.job.project_id}/"
    assert f'value="{flawed.id}"' not in page(client, project)
    assert client.post(f"{project}cover/", {"picture": flawed.id}).status_code == 404
    pictures(1, project=flawed.job.project)
    assert 'src=""' not in page(client, "/projects/")


def test_it_is_not_offered_instead_of_a_new_picture(flawed: Image, creator: Actor) -> None:
    spec = JobSpec(
        product=flawed.job.product, prompt="On white marble", model="nanobanana", aspect_ratio="4:3", num_images=1
    )
    assert duplicates.find(creator, [spec]).made == []
