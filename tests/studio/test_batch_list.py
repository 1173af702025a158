"""``/batches/``: every press of the button, newest first."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product, Project
from dashboard.studio import batch_list
from dashboard.studio.actions import JobSpec, start
from generation.models import Batch
from tests.conftest import browser_of
from tests.gallery.conftest import stored
from tests.pictures import photo
from tests.ui.markup import one_line


def order(
    acting: Actor, *products: Product, project: Project | None = None, shapes: tuple[str, ...] = ("1:1",)
) -> Batch:
    facts = {"prompt": "On marble", "model": "nanobanana2", "num_images": 1, "project": project}
    return start(
        acting,
        specs=[JobSpec(product=each, aspect_ratio=shape, **facts) for each in products for shape in shapes],  # type: ignore[arg-type]
    )


def text(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(f"/batches/{query}", headers=headers)
    assert answer.status_code == 200
    return one_line(answer.content.decode())


def listed(html: str) -> list[str]:
    return re.findall(r'href="/batches/(batch_\w+)/"', html)


def test_who_made_what_for_how_much_is_said(creator: Actor, mug: Product, vera: User, team: Team) -> None:
    vase = add_product(creator, photo=photo(colour="#aa3300"), filename="vase.jpg")
    batch = order(creator, mug, vase, project=Project.objects.create(team=team, name="Spring"), shapes=("1:1", "4:3"))
    stored(batch.jobs.earliest("id"))[0]
    html = text(browser_of(vera))
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for said in ("Own prompt × 2 products", "Bob ·", "Spring", "0 of 4 finished", "20 credits"):
        assert said in words, said
    assert html.count('<img class="is-cover"') == 1


def test_newest_come_first_and_pages_follow_each_other(
    creator: Actor, mug: Product, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_list, "BATCHES", 2)
    made = [order(creator, mug).id for _ in range(3)]
    browser = browser_of(vera)
    first = text(browser)
    assert listed(first) == [made[2], made[1]]
    following = re.search(r'hx-get="(\?[^"]+)"', first)
    assert following
    rest = text(browser, following[1], **{"HX-Request": "true"})
    assert listed(rest) == [made[0]] and "<html" not in rest and "hx-get" not in rest


@pytest.mark.parametrize("before", ["%00", "x" * 5000, "batch_'--"])
def test_nonsense_in_the_address_harms_nothing(vera: User, before: str) -> None:
    assert "<h1>Batches</h1>" in text(browser_of(vera), f"?before={before}")


def test_a_script_is_named_by_its_key(team: Team, alice: User, mug: Product, vera: User) -> None:
    key, _ = ApiKey.issue(team=team, name="Night batch", created_by=alice)
    order(Actor(team, Role.CREATOR, api_key=key), mug)
    assert "API key Night batch" in text(browser_of(vera))


def test_many_batches_take_no_more_queries(
    creator: Actor, mug: Product, vera: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        order(creator, mug)
    browser = browser_of(vera)
    with django_assert_max_num_queries(16):
        assert len(listed(text(browser))) == 12


def test_another_teams_batches_are_not_there(creator: Actor, mug: Product, charlie: User) -> None:
    order(creator, mug)
    assert "No batches yet" in text(browser_of(charlie))


def test_the_rail_says_that_one_is_still_at_generating(bob: User) -> None:
    assert re.search(r'<a href="/generate/" aria-current="page"', text(browser_of(bob)))


def test_an_empty_list_says_what_to_do(bob: User, vera: User) -> None:
    assert "Generate the first pictures" in text(browser_of(bob))
    assert "Generate the first pictures" not in text(browser_of(vera))
