"""The generate page: what is asked for, what it costs, and what is refused."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.presets import actions as preset_actions
from dashboard.presets.models import Preset
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product, Project
from generation.credits import ledger
from generation.models import Batch, Connection, CreditAccount, Job
from tests.conftest import browser_of
from tests.pictures import photo
from tests.studio.conftest import Press
from tests.ui.markup import one_line


@pytest.fixture
def vase(creator: Actor) -> Product:
    return add_product(creator, photo=photo(colour="#aa3300"), filename="vase.jpg")


@pytest.fixture
def oak(creator: Actor) -> Preset:
    draft = preset_actions.Draft(
        name="Oak shelf",
        category="lifestyle",
        description="",
        template="{{product}} on an oak shelf",
        model="seedream",
        aspect_ratio="4:3",
        num_images=3,
    )
    return preset_actions.add(creator, draft)


def test_one_press_starts_a_job_and_holds_its_price(press: Press, mug: Product, bob: User, team: Team) -> None:
    assert press().status_code == 302
    job = Job.objects.get()
    assert (job.product, job.member, job.prompt) == (mug, bob, "Camp mug on white marble")
    assert (job.model, job.aspect_ratio, job.num_images, job.price) == ("nanobanana2", "1:1", 2, 10)
    assert ledger.left(team_id=team.id) == 90


def test_every_product_in_every_shape_is_a_job_of_one_batch(press: Press, mug: Product, vase: Product) -> None:
    press(product=[mug.id, vase.id], aspect_ratio=["1:1", "16:9"])
    asked = Job.objects.values_list("product__name", "aspect_ratio", "prompt")
    assert set(asked) == {
        ("Camp mug", "1:1", "Camp mug on white marble"),
        ("Camp mug", "16:9", "Camp mug on white marble"),
        ("Vase", "1:1", "Vase on white marble"),
        ("Vase", "16:9", "Vase on white marble"),
    }
    assert Batch.objects.count() == 1


def test_a_preset_gives_the_prompt_and_its_version(press: Press, oak: Preset) -> None:
    press(scene="presets", preset=[oak.id], prompt="what was typed before")
    job = Job.objects.get()
    assert job.prompt == "Camp mug on an oak shelf"
    assert job.preset_version == oak.current


def test_a_project_is_noted(press: Press, team: Team) -> None:
    project = Project.objects.create(team=team, name="Spring")
    press(project=project.id)
    assert Job.objects.get().project == project


def test_a_script_gets_the_cards_and_what_is_left(press: Press) -> None:
    answer = press(script=True)
    html = answer.content.decode()
    assert f'data-job="{Job.objects.get().id}"' in html and "data-live" in html and "<html" not in html
    assert json.loads(answer["HX-Trigger"]) == {"credits": {"left": 90}}
    assert 'id="credits" hx-swap-oob="true"' in html


WRONG = [
    ("product", [], "Choose at least one product."),
    ("product", ["prod_nothing"], "One of these products is no longer in the library. Choose again."),
    ("prompt", "", "Choose a preset, or write what the picture should show."),
    ("prompt", " \r\n ", "Choose a preset, or write what the picture should show."),
    ("prompt", "x" * 10_000, "The prompt has 10,000 characters; at most 4,000 fit. Say it shorter."),
    ("model", "dall-e", "There is no model of this name; choose one of nanobanana2, nanobananapro"),
    ("model", "", "Choose a model."),
    ("aspect_ratio", ["2:1"], "There is no such shape; choose among 1:1, 4:3, 3:4, 16:9, 9:16."),
    ("aspect_ratio", [], "Choose at least one shape."),
    ("num_images", "0", "Choose 1 to 4 pictures."),
    ("num_images", "5", "Choose 1 to 4 pictures."),
    ("num_images", "many", "Choose 1 to 4 pictures."),
    ("num_images", "", "Choose 1 to 4 pictures."),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
@pytest.mark.parametrize("script", [False, True])
def test_what_does_not_fit_is_said_and_costs_nothing(
    press: Press, team: Team, field: str, value: Any, sentence: str, script: bool
) -> None:
    answer = press(script=script, **{field: value})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Batch.objects.exists() and not Job.objects.exists()
    assert ledger.left(team_id=team.id) == 100


def test_a_refused_form_keeps_what_was_chosen(press: Press, mug: Product) -> None:
    answer = press(num_images="9", prompt="Calm & bright", model="seedream", aspect_ratio=["9:16"])
    html = one_line(answer.content.decode())
    assert "Calm &amp; bright</textarea>" in html
    assert f'value="{mug.id}" checked' in html
    assert re.search(r'value="seedream"[^>]* selected', html) and re.search(r'value="9:16" checked', html)


def test_a_prompt_of_4000_characters_fits_though_browsers_send_two_for_a_line_end(press: Press) -> None:
    assert press(prompt="\r\n".join(["x" * 1999, "y" * 2000])).status_code == 302


def test_a_prompt_that_grows_too_long_by_the_products_name_is_refused(press: Press) -> None:
    answer = press(prompt="{{product}}" + "x" * 3995)
    assert "The prompt has 4,003 characters; at most 4,000 fit." in answer.content.decode()


def test_too_few_credits_are_said_with_both_figures(press: Press, team: Team) -> None:
    CreditAccount.objects.update(spent=93)
    html = press().content.decode()
    assert "This costs 10 credits, but only 7 are left." in html
    assert not Batch.objects.exists() and not Job.objects.exists()


def test_a_team_without_a_connection_is_told(press: Press, team: Team) -> None:
    Connection.objects.all().delete()
    assert "no connection to ProductAI yet" in press().content.decode()


class TestPrefill:
    def test_the_newest_preset_is_chosen_with_its_settings(self, browser: Client, oak: Preset, mug: Product) -> None:
        initial = browser.get("/generate/").context["form"].initial
        assert (initial["scene"], initial["preset"]) == ("presets", [oak.id])
        assert (initial["model"], initial["aspect_ratio"], initial["num_images"]) == ("seedream", ["4:3"], 3)

    def test_a_product_is_chosen_and_counted(self, browser: Client, mug: Product, vase: Product) -> None:
        page = browser.get(f"/generate/?product={mug.id}")
        html = one_line(page.content.decode())
        assert f'value="{mug.id}" checked' in html and f'value="{vase.id}" checked' not in html
        assert "Generate 1 picture · 5 credits" in html

    def test_a_jobs_settings_are_used_again(self, press: Press, browser: Client, mug: Product, oak: Preset) -> None:
        press(num_images="4", model="gpt-high", aspect_ratio=["3:4"])
        initial = browser.get(f"/generate/?job={Job.objects.get().id}").context["form"].initial
        assert initial["product"] == [mug.id] and initial["scene"] == "write"
        assert initial["prompt"] == "Camp mug on white marble"
        assert (initial["model"], initial["aspect_ratio"], initial["num_images"]) == ("gpt-high", ["3:4"], 4)

    def test_a_job_of_a_present_preset_chooses_it(self, press: Press, browser: Client, oak: Preset) -> None:
        press(scene="presets", preset=[oak.id])
        assert browser.get(f"/generate/?job={Job.objects.get().id}").context["form"].initial["preset"] == [oak.id]

    def test_other_teams_things_are_404(self, press: Press, charlie: User, oak: Preset) -> None:
        press()
        outsider = browser_of(charlie)
        for query in (f"job={Job.objects.get().id}", f"preset={oak.id}"):
            assert outsider.get(f"/generate/?{query}").status_code == 404, query


class TestTray:
    def test_a_search_keeps_what_is_chosen(self, browser: Client, mug: Product, vase: Product) -> None:
        html = browser.get(f"/generate/tray/?q=vase&product={mug.id}").content.decode()
        assert re.findall(r"<span>(Camp mug|Vase)</span>", html) == ["Camp mug", "Vase"]

    def test_it_says_when_nothing_matches(self, browser: Client, mug: Product) -> None:
        assert "No product matches “lamp”." in browser.get("/generate/tray/?q=lamp").content.decode()

    def test_it_says_when_there_is_more(self, browser: Client, mug: Product) -> None:
        Product.objects.bulk_create(Product(team=mug.team, name=f"P{n}", asset=mug.asset) for n in range(60))
        assert "Only the newest are shown." in browser.get("/generate/tray/").content.decode()


def test_a_viewer_looks_but_has_no_button(vera: User, asked: dict[str, Any]) -> None:
    viewer = browser_of(vera)
    html = viewer.get("/generate/").content.decode()
    assert "data-price-button" not in html and "data-upload=" not in html
    assert viewer.post("/generate/", asked).status_code == 403
    assert not Job.objects.exists()


def test_an_outsider_cannot_use_the_teams_product(charlie: User, asked: dict[str, Any]) -> None:
    answer = browser_of(charlie).post("/generate/", asked)
    assert answer.status_code == 422
    assert "no longer in the library" in answer.content.decode()


def test_many_products_and_jobs_take_no_more_queries(
    press: Press, browser: Client, mug: Product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Product.objects.bulk_create(Product(team=mug.team, name=f"P{n}", asset=mug.asset) for n in range(50))
    for _ in range(3):
        press(aspect_ratio=["1:1", "4:3", "16:9"], num_images="1")
    with django_assert_max_num_queries(36):
        browser.get("/generate/")


def test_a_large_batch_shows_its_first_jobs_and_counts_the_rest(press: Press, browser: Client, mug: Product) -> None:
    CreditAccount.objects.update(granted=1000)
    rows = Product.objects.bulk_create(Product(team=mug.team, name=f"P{n}", asset=mug.asset) for n in range(49))
    press(product=[mug.id, *(row.id for row in rows)], num_images="1")
    html = browser.get("/generate/").content.decode()
    assert html.count("data-job=") == 48 and "And 2 more jobs" in html and "0 of 50 pictures" in html
