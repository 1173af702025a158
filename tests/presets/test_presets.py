"""The prompts that a team shares, and their versions."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, User
from dashboard.presets import actions
from dashboard.presets.models import Preset
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Image
from tests.conftest import browser_of

WORDS: dict[str, Any] = {
    "name": "Oak shelf",
    "category": "lifestyle",
    "description": "For the web shop.",
    "template": "{{product}} on an oak shelf",
    "model": "nanobanana2",
    "aspect_ratio": "4:3",
    "num_images": 2,
}

FORM = WORDS | {"visibility": "team"}


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def oak(creator: Actor) -> Preset:
    return actions.add(creator, actions.Draft(**WORDS))


def edit(browser: Client, preset: Preset, **changes: Any) -> HttpResponse:
    """Open the editor, change something, and save."""
    seen = browser.get(f"/presets/{preset.id}/edit/").context["edit"].seen
    return browser.post(f"/presets/{preset.id}/edit/", FORM | {"seen": seen} | changes)


def names(browser: Client, query: str = "") -> list[str]:
    return [row.name for row in browser.get(f"/presets/{query}").context["presets"]]


def test_a_preset_starts_with_its_first_version(browser: Client) -> None:
    answer = browser.post("/presets/new/", FORM, follow=True)
    preset = Preset.objects.get()
    assert preset.current and (preset.current.number, preset.current.template) == (1, WORDS["template"])
    assert "on an oak shelf" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Give the preset a name."),
        ("template", "  ", "Write the prompt of this preset."),
        ("template", "x" * 4001, "The prompt has 4001 characters; at most 4,000 fit."),
        ("template", "In {{season}} light", "Line 1, column 4: {{season}} is not defined yet."),
        ("template", "On oak,\nin {{sea.son}}", "Line 2, column 4: “sea.son” cannot be a name."),
        ("template", "On oak {{", "Line 1, column 8: {{ is not closed."),
        ("template", "{% now %} on oak", "Line 1, column 1: {% does nothing here"),
        ("visibility", "project", "Choose the project that this preset is for."),
        ("tags", "a" * 41, "is longer than 40 characters."),
        ("model", "dall-e", "dall-e is not one of the available choices."),
        ("aspect_ratio", "2:1", "2:1 is not one of the available choices."),
        ("num_images", "5", "5 is not one of the available choices."),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(browser: Client, field: str, value: str, sentence: str) -> None:
    answer = browser.post("/presets/new/", FORM | {field: value})
    assert answer.status_code == 422
    assert escape(sentence) in answer.content.decode()
    assert "For the web shop." in answer.content.decode()
    assert not Preset.objects.exists()


def test_other_words_become_the_next_version(browser: Client, oak: Preset) -> None:
    edit(browser, oak, template="{{product}} on pine")
    oak.refresh_from_db()
    assert oak.current and oak.current.number == 2
    assert [version.template for version in oak.versions.order_by("number")] == [
        "{{product}} on an oak shelf",
        "{{product}} on pine",
    ]


def test_another_name_is_no_new_version(browser: Client, oak: Preset) -> None:
    edit(browser, oak, name="Oak")
    oak.refresh_from_db()
    assert oak.name == "Oak" and oak.versions.count() == 1


def test_a_copy_is_a_preset_of_its_own(browser: Client, oak: Preset) -> None:
    browser.post(f"/presets/{oak.id}/duplicate/")
    copy = Preset.objects.exclude(pk=oak.pk).get()
    assert copy.name == "Oak shelf (copy)"
    assert copy.current and copy.current.number == 1 and copy.current.template == WORDS["template"]


def test_archiving_can_be_undone(browser: Client, oak: Preset) -> None:
    browser.post(f"/presets/{oak.id}/archive/", {"away": "yes"})
    assert names(browser) == [] and names(browser, "?archived") == ["Oak shelf"]
    browser.post(f"/presets/{oak.id}/archive/", {"away": "no"})
    assert names(browser) == ["Oak shelf"]


def test_the_list_is_filtered_by_category(browser: Client, oak: Preset, creator: Actor) -> None:
    actions.add(creator, actions.Draft(**WORDS | {"name": "Snow", "category": "seasonal"}))
    assert names(browser, "?category=seasonal") == ["Snow"]
    assert names(browser) == ["Snow", "Oak shelf"]


def test_the_list_is_searched_and_narrowed_by_label_tag_and_who_sees_it(browser: Client, creator: Actor) -> None:
    owner = Actor(creator.team, Role.OWNER, user=creator.user)
    pine = actions.add(creator, actions.Draft(**WORDS | {"name": "Pine", "tags": ("Wood", "winter")}))
    sea = actions.add(creator, actions.Draft(**WORDS | {"name": "Sea", "template": "{{product}} on wet sand"}))
    actions.set_label(owner, pine, Preset.Label.APPROVED)
    actions.add(creator, actions.Draft(**WORDS | {"name": "Mine"}), sharing=actions.Sharing(visibility="private"))
    assert names(browser, "?q=wet+sea") == names(browser, "?q=SAND") == ["Sea"]
    assert names(browser, "?tag=wood") == names(browser, "?label=approved") == names(browser, "?q=winter") == ["Pine"]
    assert names(browser, "?visibility=private") == ["Mine"]
    assert names(browser, "?label=approved&tag=sea") == names(browser, "?category=nonsense") == []
    html = browser.get("/presets/").content.decode()
    assert "?tag=winter" in html and sea.id in html


def test_many_presets_come_page_by_page(browser: Client, creator: Actor) -> None:
    for number in range(61):
        actions.add(creator, actions.Draft(**WORDS | {"name": f"P{number:02}"}))
    first = browser.get("/presets/?q=oak")
    assert len(first.context["presets"]) == 60 and "?q=oak&amp;page=2" in first.content.decode()
    more = browser.get("/presets/?q=oak&page=2", headers={"HX-Request": "true"}).content.decode()
    assert "P00" in more and "<html" not in more


def test_another_teams_picture_is_no_cover(browser: Client, oak: Preset, charlie: User) -> None:
    assert browser.post(f"/presets/{oak.id}/cover/", {"picture": "img_unknown"}).status_code == 404
    assert "No pictures yet" in browser.get(f"/presets/{oak.id}/cover/").content.decode()


def test_a_picture_of_the_team_can_be_its_cover(browser: Client, oak: Preset, creator: Actor, mug: Product) -> None:
    spec = JobSpec(mug, "on an oak shelf", "nanobanana2", "4:3", 1, preset_version=oak.current)
    job = start(creator, specs=[spec]).jobs.get()
    image = Image.objects.create(
        team=job.team, job=job, index=0, thumbnail="a/b.webp", width=4, height=3, stored_at=job.created_at
    )
    assert image.id in browser.get(f"/presets/{oak.id}/cover/?q=shelf").content.decode()
    browser.post(f"/presets/{oak.id}/cover/", {"picture": image.id})
    oak.refresh_from_db()
    assert oak.cover == "a/b.webp"


def test_many_presets_take_no_more_queries(
    browser: Client, creator: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        actions.add(creator, actions.Draft(**WORDS | {"name": f"P{number}"}))
    with django_assert_max_num_queries(11):
        browser.get("/presets/")


def test_a_viewer_looks_but_does_not_change(vera: User, oak: Preset) -> None:
    viewer = browser_of(vera)
    html = viewer.get(f"/presets/{oak.id}/").content.decode()
    assert WORDS["description"] in html and ">Edit<" not in html
    assert "New preset" not in viewer.get("/presets/").content.decode()
    for part in ("edit", "duplicate", "archive", "cover", "label"):
        assert viewer.post(f"/presets/{oak.id}/{part}/", WORDS).status_code == 403, part
    assert viewer.post("/presets/new/", WORDS).status_code == 403


def test_another_teams_preset_is_a_404(charlie: User, oak: Preset) -> None:
    outsider = browser_of(charlie)
    assert outsider.get(f"/presets/{oak.id}/").status_code == 404
    for part in ("edit", "duplicate", "archive", "cover", "label"):
        assert outsider.post(f"/presets/{oak.id}/{part}/", WORDS).status_code == 404, part
