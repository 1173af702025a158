"""What a picture came from and what came of it, in its receipt."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.models import User
from generation.models import Image, Job
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery
from tests.ui.markup import one_line

KINDS = [
    (Job.Lineage.VARIATION, "Variation of", "1 variation"),
    (Job.Lineage.RERUN, "Made again from", "1 made again"),
    (Job.Lineage.RETRY, "Second try of", "1 second try"),
    (Job.Lineage.NONE, "Second try of", "1 second try"),  # from before the kinds were told apart
]


@pytest.fixture
def browser(vera: User) -> Client:
    return browser_of(vera)


def receipt(browser: Client, picture: Image) -> str:
    answer = browser.get(f"/gallery/{picture.id}/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return one_line(answer.content.decode())


def child(pictures: Gallery, parent: Image, lineage: Job.Lineage = Job.Lineage.VARIATION, **spec: Any) -> Image:
    return pictures(1, parent=parent.job, lineage=lineage, **spec)[0]


@pytest.mark.parametrize(("lineage", "term", "words"), KINDS)
def test_a_child_names_its_parent_and_the_parent_its_child(
    pictures: Gallery, browser: Client, lineage: Job.Lineage, term: str, words: str
) -> None:
    (parent,) = pictures(1)
    made = child(pictures, parent, lineage)
    origin = re.search(rf'<dt>{term}</dt><dd><a href="/gallery/{parent.id}/" data-lightbox>', receipt(browser, made))
    assert origin
    above = receipt(browser, parent)
    assert f"From this: {words}" in above and f'href="/gallery/{made.id}/" data-lightbox' in above


def test_a_picture_of_its_own_says_nothing_of_it(pictures: Gallery, browser: Client) -> None:
    html = receipt(browser, pictures(1)[0])
    assert "From this" not in html and not any(term in html for _, term, _ in KINDS)


def test_a_parent_without_pictures_is_found_in_its_batch(pictures: Gallery, browser: Client) -> None:
    (parent,) = pictures(1)
    made = child(pictures, parent, Job.Lineage.RETRY)
    Image.objects.filter(job=parent.job).update(stored_at=None)
    assert f'href="/batches/{parent.job.batch_id}/#row-{parent.job_id}"' in receipt(browser, made)


def test_children_of_every_kind_are_counted(pictures: Gallery, browser: Client) -> None:
    (parent,) = pictures(1)
    for lineage in (Job.Lineage.VARIATION, Job.Lineage.VARIATION, Job.Lineage.RERUN):
        child(pictures, parent, lineage)
    assert "From this: 2 variations · 1 made again" in receipt(browser, parent)


def test_many_children_take_no_more_queries(
    pictures: Gallery, browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    (parent,) = pictures(1)
    for _ in range(12):
        child(pictures, parent, model="nanobanana")
    with django_assert_max_num_queries(10):
        html = receipt(browser, parent)
    assert html.count("data-lightbox") == 8 + 1  # eight of them, and the newer neighbour


def test_the_batch_is_a_press_away(pictures: Gallery, browser: Client) -> None:
    (picture,) = pictures(1)
    assert f'<a href="/batches/{picture.job.batch_id}/">' in receipt(browser, picture)
