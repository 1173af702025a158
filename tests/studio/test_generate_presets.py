"""Many presets at once: their variables, their versions, and what a single product gets instead."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product, Project
from generation.credits import ledger
from generation.models import Batch, CreditAccount, Job
from tests.pictures import photo
from tests.studio.conftest import Press
from tests.ui.markup import one_line

SEASON = {"name": "season", "kind": "choice", "label": "Season", "choices": ["spring", "winter"], "required": True}
LIGHT = {"name": "light", "kind": "text", "label": "Light", "default": "soft light"}
PRICE = {"name": "price", "kind": "number", "label": "Price"}


def write_preset(team: Team, name: str, template: str, *variables: dict[str, Any], **facts: Any) -> Preset:
    preset = Preset.objects.create(team=team, name=name, **facts)
    return edit(preset, template, *variables)


def edit(preset: Preset, template: str, *variables: dict[str, Any]) -> Preset:
    number = preset.versions.count() + 1
    words = {"template": template, "variables": list(variables)}
    preset.current = PresetVersion.objects.create(preset=preset, number=number, **words)
    preset.save()
    return preset


@pytest.fixture
def vase(creator: Actor) -> Product:
    return add_product(creator, photo=photo(colour="#aa3300"), filename="vase.jpg")


@pytest.fixture
def oak(team: Team) -> Preset:
    return write_preset(team, "Oak shelf", "{{product}} on oak in {{season}}, {{light}}", SEASON, LIGHT)


@pytest.fixture
def beach(team: Team) -> Preset:
    return write_preset(team, "Beach noon", "{{product}} at the beach, {{season}}", SEASON)


@pytest.fixture
def asked(mug: Product, vase: Product, oak: Preset, beach: Preset) -> dict[str, Any]:
    CreditAccount.objects.update(granted=1000)
    return {
        "product": [mug.id, vase.id],
        "scene": "presets",
        "preset": [oak.id, beach.id],
        "model": "nanobanana",
        "aspect_ratio": ["1:1", "9:16"],
        "num_images": "1",
        "var.season": "spring",
        "var.light": "",
    }


def prompts() -> set[str]:
    return set(Job.objects.values_list("prompt", flat=True))


def test_products_presets_and_shapes_multiply_into_one_batch(press: Press, oak: Preset, beach: Preset) -> None:
    assert press().status_code == 302
    assert Batch.objects.count() == 1 and Job.objects.count() == 8
    assert prompts() == {
        "Camp mug on oak in spring, soft light",
        "Camp mug at the beach, spring",
        "Vase on oak in spring, soft light",
        "Vase at the beach, spring",
    }
    assert set(Job.objects.values_list("preset_version", flat=True)) == {oak.current_id, beach.current_id}


def test_what_was_filled_in_is_kept_with_the_job(press: Press) -> None:
    press()
    job = Job.objects.filter(prompt__contains="oak").latest("id")
    assert job.variables == {"season": "spring", "light": "soft light"}


def test_a_variable_of_several_presets_is_asked_once(browser: Client, oak: Preset, beach: Preset) -> None:
    html = browser.get(f"/generate/?preset={oak.id}&preset={beach.id}").content.decode()
    assert html.count('name="var.season"') == 1 and html.count('name="var.light"') == 1


def test_variables_of_one_name_but_other_choices_are_asked_apart(press: Press, team: Team, oak: Preset) -> None:
    other = SEASON | {"choices": ["dry", "wet"]}
    tropics = write_preset(team, "Tropics", "{{product}} in the {{season}} season", other)
    press(preset=[oak.id, tropics.id], **{"var.season": "wet", f"var.season-{oak.id}": "winter"})
    assert "Camp mug in the wet season" in prompts() and "Camp mug on oak in winter, soft light" in prompts()


def test_a_single_product_may_get_another_value(press: Press, vase: Product) -> None:
    press(**{f"var.season.{vase.id}": "winter"})
    assert "Vase at the beach, winter" in prompts() and "Camp mug at the beach, spring" in prompts()


WRONG = [
    ({"var.season": ""}, "Fill in Season."),
    ({"var.season": "monsoon"}, "Season cannot be “monsoon”; choose one of spring, winter."),
    ({"var.light": "x" * 301}, "Light has 301 letters; at most 300 fit."),
    ({"preset": []}, "Choose a preset, or write what the picture should show."),
    ({"preset": ["preset_nothing"]}, "One of these presets no longer exists."),
]


@pytest.mark.parametrize(("changed", "sentence"), WRONG)
@pytest.mark.parametrize("script", [False, True])
def test_what_does_not_fit_is_said_once_and_costs_nothing(
    press: Press, team: Team, changed: dict[str, Any], sentence: str, script: bool
) -> None:
    answer = press(script=script, **changed)
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) == 1
    assert not Job.objects.exists() and ledger.left(team_id=team.id) == 1000


def test_a_wrong_value_of_a_single_product_is_said_beside_it(press: Press, vase: Product) -> None:
    html = press(**{f"var.season.{vase.id}": "monsoon"}).content.decode()
    assert html.count("Season cannot be “monsoon”") == 1 and '<details class="singles" open>' in html


def test_a_number_must_be_one(press: Press, team: Team) -> None:
    sale = write_preset(team, "Sale", "{{product}} for {{price}}", PRICE)
    assert "Price must be a number" in press(preset=[sale.id], **{"var.price": "cheap"}).content.decode()


class TestWhileTheFormIsOpen:
    def test_a_changed_preset_comes_back_with_its_new_words(self, press: Press, oak: Preset, beach: Preset) -> None:
        seen = oak.current_id
        edit(oak, "{{product}} on dark oak, {{season}}", SEASON)
        answer = press(**{f"version.{oak.id}": seen, f"version.{beach.id}": beach.current_id})
        html = answer.content.decode()
        assert answer.status_code == 422 and not Job.objects.exists()
        assert "“Oak shelf” was changed while this page was open." in html and "on dark oak" in html
        assert f'name="version.{oak.id}" value="{oak.current_id}"' in html
        assert press(**{f"version.{oak.id}": oak.current_id}).status_code == 302

    def test_an_archived_preset_is_missed_and_the_others_stay(self, press: Press, oak: Preset, beach: Preset) -> None:
        Preset.objects.filter(pk=oak.pk).update(archived_at=oak.created_at)
        html = one_line(press().content.decode())
        assert "One of these presets no longer exists." in html
        assert re.search(rf'value="{beach.id}" checked', html) and not Job.objects.exists()

    def test_an_archived_preset_is_of_no_matter_to_ones_own_words(self, press: Press, oak: Preset) -> None:
        Preset.objects.filter(pk=oak.pk).update(archived_at=oak.created_at)
        assert press(scene="write", prompt="on marble").status_code == 302


def test_a_preset_of_a_project_is_for_that_project(press: Press, team: Team, oak: Preset) -> None:
    spring = Project.objects.create(team=team, name="Spring launch")
    Preset.objects.filter(pk=oak.pk).update(visibility="project", project=spring)
    assert "“Oak shelf” can only be used in the project Spring launch." in press().content.decode()
    assert press(project=spring.id).status_code == 302


def test_the_brand_kit_is_around_every_prompt_and_bans_words(press: Press, team: Team) -> None:
    BrandKit.objects.create(team=team, prefix="Northwind:", suffix="No people.", banned_words=["cheap"])
    press(scene="write", prompt="{{product}} on marble")
    assert "Northwind: Vase on marble No people." in prompts()
    html = press(**{"var.light": "cheap neon"}).content.decode()
    assert "Oak shelf: “cheap” is a banned word" in html


def test_a_batch_of_more_than_2500_jobs_is_refused_in_one_sentence(press: Press, mug: Product, team: Team) -> None:
    CreditAccount.objects.update(granted=100_000)
    rows = Product.objects.bulk_create(Product(team=team, name=f"P{n}", asset=mug.asset) for n in range(630))
    html = press(product=[row.id for row in rows]).content.decode()
    assert "A batch has at most 2,500 jobs, and this one has 2,520. Choose fewer products or presets." in html
    assert not Job.objects.exists()
    assert press(product=[row.id for row in rows[:625]]).status_code == 302
    assert Job.objects.count() == 2_500


class TestPrefill:
    def test_a_batch_brings_all_its_settings(self, press: Press, browser: Client, vase: Product, oak: Preset) -> None:
        press(**{f"var.season.{vase.id}": "winter"})
        html = one_line(browser.get(f"/generate/?batch={Batch.objects.get().id}").content.decode())
        assert "Generate 8 pictures · 24 credits" in html
        assert re.search(r'name="var\.season".*?<option value="spring" selected>', html, re.DOTALL)
        single = html[html.index(f'name="var.season.{vase.id}"') :]
        assert '<option value="winter" selected>' in single[: single.index("</select>")]

    def test_another_teams_batch_is_a_404(self, press: Press, charlie: Any) -> None:
        press()
        outsider = Client()
        outsider.force_login(charlie)
        assert outsider.get(f"/generate/?batch={Batch.objects.get().id}").status_code == 404


def test_more_jobs_take_no_more_queries(press: Press, mug: Product, team: Team) -> None:
    rows = Product.objects.bulk_create(Product(team=team, name=f"P{n}", asset=mug.asset) for n in range(6))
    press(product=[rows[0].id])  # what is cached on first use
    with CaptureQueriesContext(connection) as few:
        press(product=[rows[1].id])
    with CaptureQueriesContext(connection) as many:
        press(product=[row.id for row in rows[2:]])
    assert Job.objects.count() == 24 and len(many) == len(few)


@pytest.mark.parametrize(
    ("changes", "pictures"),
    [
        ({}, 8),
        ({"num_images": "3"}, 24),
        ({"product": ["mug", "mug", "vase"], "preset": ["oak", "oak"], "aspect_ratio": ["1:1", "1:1"]}, 2),
        ({"scene": "write", "prompt": "On marble", "num_images": "4"}, 16),
    ],
    ids=["one each", "several of each", "the same named twice", "own words beside chosen presets"],
)
def test_what_is_quoted_is_what_is_made_and_held(
    browser: Client,
    press: Press,
    asked: dict[str, Any],
    mug: Product,
    vase: Product,
    oak: Preset,
    changes: dict[str, Any],
    pictures: int,
) -> None:
    ids = {"mug": mug.pk, "vase": vase.pk, "oak": oak.pk}
    form = asked | {
        name: [ids.get(value, value) for value in values] if isinstance(values, list) else values
        for name, values in changes.items()
    }
    html = browser.post("/generate/quote/", form, headers={"HX-Request": "true"}).content.decode()
    assert f"Generate {pictures} pictures · {3 * pictures} credits" in one_line(html)
    assert press(**form).status_code == 302
    assert sum(Job.objects.values_list("num_images", flat=True)) == pictures
    assert sum(Job.objects.values_list("price", flat=True)) == CreditAccount.objects.get().held == 3 * pictures
