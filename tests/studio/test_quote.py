"""The live quote: what fits, what is trimmed, when it is done."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dashboard.accounts.models import Team, User
from dashboard.presets.models import BrandKit, Preset
from dashboard.projects.models import Product, Project
from generation.credits import caps
from generation.models import Cap, Connection, CreditAccount, Job
from tests.conftest import browser_of
from tests.spend.orders import cap, words
from tests.studio.conftest import Press
from tests.studio.test_generate_presets import LIGHT, SEASON, write_preset
from tests.ui.markup import one_line


@pytest.fixture
def vase(mug: Product) -> Product:
    return Product.objects.create(team=mug.team, name="Vase", asset=mug.asset)


@pytest.fixture
def oak(team: Team) -> Preset:
    return write_preset(team, "Oak shelf", "{{product}} on oak in {{season}}, {{light}}", SEASON, LIGHT)


@pytest.fixture
def ask(browser: Client, asked: dict[str, Any], vase: Product) -> Any:
    """What the page asks while Bob types: two products in two shapes, two pictures of each, at 5 credits."""
    both = {"product": [*asked["product"], vase.id], "aspect_ratio": ["1:1", "9:16"]}

    def post(*, script: bool = True, **changed: Any) -> str:
        headers = {"HX-Request": "true"} if script else {}
        answer = browser.post("/generate/quote/", asked | both | changed, headers=headers)
        assert answer.status_code == 200
        return one_line(answer.content.decode())

    return post


@pytest.fixture
def press_both(press: Press, asked: dict[str, Any], vase: Product) -> Any:
    return lambda **more: press(product=[*asked["product"], vase.id], aspect_ratio=["1:1", "9:16"], **more)


def test_it_counts_and_prices_what_is_typed(ask: Any) -> None:
    html = ask()
    assert "8 pictures" in html and "2 products × 2 shapes × 2" in html and "Generate 8 pictures · 40 credits" in html
    assert re.search(r"data-price-left>100</span> → <span data-price-after>60<", html)


def test_it_says_when_all_would_be_done(ask: Any, team: Team) -> None:
    Connection.objects.update(plan_limit=1)
    found = re.search(r'Ready at about</dt><dd><time datetime="([^"]+)"', ask())
    assert found
    ready = timezone.datetime.fromisoformat(found[1])  # type: ignore[attr-defined]
    assert timedelta(minutes=4) < ready - timezone.now() < timedelta(minutes=6)


def test_it_promises_nothing_while_the_connection_is_stopped(ask: Any) -> None:
    Connection.objects.update(pause="key")
    assert "Ready at about" not in ask()


class TestTrim:
    @pytest.fixture(autouse=True)
    def poor(self, team: Team) -> None:
        CreditAccount.objects.update(granted=35)

    def test_it_says_how_many_fit(self, ask: Any) -> None:
        html = ask()
        assert "6 of 8 pictures fit within the team's 35 credits." in html
        assert re.search(r'name="trim" value="3"', html)

    def test_it_says_when_nothing_fits(self, ask: Any) -> None:
        CreditAccount.objects.update(granted=4)
        html = ask()
        assert "None of these pictures fits." in html and 'name="trim"' not in html

    def test_it_says_when_fewer_of_each_would_fit(self, ask: Any) -> None:
        CreditAccount.objects.update(granted=5)
        html = ask()
        assert "At 2 pictures each, not even one job fits. Choose fewer of each." in html and 'name="trim"' not in html

    def test_trimming_leaves_out_whole_jobs_from_the_end_and_names_them(self, ask: Any) -> None:
        html = ask(trim="3")
        assert "Trimmed to 6 of 8 pictures. Left out: Vase, 9:16." in html
        assert "Generate 6 pictures · 30 credits" in html
        assert 'name="take" value="3"' in html and 'name="take_of" value="4"' in html

    def test_it_can_be_trimmed_before_all_is_filled_in(self, ask: Any) -> None:
        assert "Trimmed to 6 of 8 pictures." in ask(trim="3", prompt="")

    def test_all_can_be_asked_for_again(self, ask: Any) -> None:
        assert "Generate 8 pictures" in ask(trim="", take="3", take_of="4")

    def test_the_press_makes_exactly_what_was_left(self, press_both: Any) -> None:
        assert press_both(take="3", take_of="4").status_code == 302
        made = list(Job.objects.order_by("id").values_list("product__name", "aspect_ratio"))
        assert made == [("Camp mug", "1:1"), ("Camp mug", "9:16"), ("Vase", "1:1")]

    def test_what_was_trimmed_of_something_else_is_looked_at_again(self, press_both: Any) -> None:
        answer = press_both(take="3", take_of="5")
        assert answer.status_code == 422 and "has changed since it was trimmed" in answer.content.decode()
        assert not Job.objects.exists()

    def test_credits_that_went_meanwhile_are_said_with_what_still_fits(self, press_both: Any) -> None:
        html = one_line(press_both().content.decode())
        assert "This costs 40 credits, but only 35 are left." in html and "6 of 8 pictures fit" in html
        assert not Job.objects.exists()

    def test_without_scripts_it_is_a_page(self, ask: Any) -> None:
        html = ask(script=False, trim="3")
        assert "<html" in html and "Trimmed to 6 of 8 pictures." in html


class TestCaps:
    """What 40 credits asked for (eight pictures, four jobs) meet besides the team's 100."""

    @pytest.fixture
    def spring(self, team: Team) -> Project:
        return Project.objects.create(team=team, name="Spring")

    @pytest.fixture(autouse=True)
    def in_november(self) -> Iterator[None]:
        with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=True):
            yield

    def test_every_cap_that_binds_is_shown_with_what_is_left(
        self, ask: Any, team: Team, spring: Project, bob: User, vera: User
    ) -> None:
        cap(team, 90)
        cap(team, 80, project=spring)
        cap(team, 70, member=bob, period=Cap.Period.TOTAL)
        cap(team, 1, member=vera)
        said = words(ask(project=spring.pk))
        assert "Credits left 100 → 60" in said and "Left for the team this month 90 → 50" in said
        assert "Left in Spring this month 80 → 40" in said and "Left for you 70 → 30" in said
        assert "blocked" not in said
        assert "Left in Spring" not in words(ask())

    def test_the_one_that_stops_it_is_named_with_what_fits(
        self, ask: Any, team: Team, spring: Project, bob: User
    ) -> None:
        cap(team, 35, member=bob)
        cap(team, 20, project=spring)
        said = words(ask(project=spring.pk))
        assert "4 of 8 pictures fit, limited by the monthly cap of Spring, which resets on 1 December." in said
        assert "20 → not enough 4 of 8 fit" in said and "35 → not enough 6 of 8 fit" in said
        assert "This needs 40 credits, but the monthly cap of Spring has only 20 left." in said

    def test_trimmed_to_what_fits_it_can_be_pressed(self, ask: Any, press_both: Any, team: Team) -> None:
        cap(team, 25)
        assert 'name="trim" value="2"' in ask()
        said = words(ask(trim="2"))
        assert "Trimmed to 4 of 8 pictures." in said and "blocked" not in said
        assert press_both(take="2", take_of="4").status_code == 302
        assert Job.objects.count() == 2

    def test_a_creator_is_told_why_and_whom_to_ask(self, ask: Any, team: Team, alice: User, ada: User) -> None:
        cap(team, 25, created_by=ada)
        html = ask()
        said = words(html)
        assert "Why is this blocked? The monthly cap of Northwind, set by Ada, allows 25 credits." in said
        assert "Spent 0 Held for jobs under way 0 Asked now 40 Lacking 15 Resets 1 December" in said
        assert "Ask Ada or Alice to raise it." in said and 'href="mailto:ada@example.com?subject=' in html
        assert "Raise it" not in html

    def test_an_admin_is_led_to_the_raise_of_what_is_lacking(
        self, asked: dict[str, Any], team: Team, ada: User, vase: Product
    ) -> None:
        row = cap(team, 6)
        html = browser_of(ada).post("/generate/quote/", asked, headers={"HX-Request": "true"}).content.decode()
        assert f'href="/spend/caps/{row.pk}/?lack=4#raise"' in html and "Ask " not in words(html)

    def test_a_refused_press_says_the_sentence_and_why(self, press_both: Any, team: Team) -> None:
        cap(team, 25)
        answer = press_both()
        said = words(answer.content.decode())
        assert answer.status_code == 422
        assert (
            "This costs 40 credits, but the monthly cap of Northwind allows only 25 more (of 25: 0 spent, 0 held)."
            in said
        )
        assert "Why is this blocked?" in said and not Job.objects.exists()

    def test_an_overdrawn_cap_says_that_nothing_fits(self, ask: Any, team: Team, press: Press) -> None:
        row = cap(team, 50)
        press()
        row.credits = 5
        caps.save(row)
        said = words(ask())
        assert "None of these pictures fits." in said
        assert "Lacking 45" in said  # 40 asked, and 5 held beyond what it allows now

    def test_anothers_project_is_no_limit(self, ask: Any, charlie: User) -> None:
        theirs = charlie.memberships.get().team
        foreign = Project.objects.create(team=theirs, name="Theirs")
        cap(theirs, 1, project=foreign)
        assert "Theirs" not in ask(project=foreign.pk)


class TestWords:
    def test_the_prompt_of_the_first_product_is_shown_as_it_will_be_sent(
        self, ask: Any, team: Team, oak: Preset
    ) -> None:
        BrandKit.objects.create(team=team, prefix="Northwind:")
        html = ask(scene="presets", preset=[oak.id], **{"var.season": "spring", "var.light": "<i>dusk</i>"})
        assert "Northwind: <b>Camp mug</b> on oak in <b>spring</b>, <b>&lt;i&gt;dusk&lt;/i&gt;</b>" in html

    def test_what_is_not_answered_yet_is_left_open_and_not_complained_of(self, ask: Any, oak: Preset) -> None:
        html = ask(scene="presets", preset=[oak.id])
        assert "in {{season}}" in html and "Fill in Season" not in html

    def test_a_banned_word_is_said_at_once(self, ask: Any, team: Team, oak: Preset) -> None:
        BrandKit.objects.create(team=team, banned_words=["neon"])
        html = ask(scene="presets", preset=[oak.id], **{"var.light": "neon tubes"})
        assert "“neon” is a banned word in your team&#x27;s brand kit." in html

    def test_fields_come_only_when_others_are_asked_for(self, ask: Any, oak: Preset) -> None:
        html = ask(scene="presets", preset=[oak.id])
        layout = re.search(r'name="layout" value="(\w+)"', html)
        assert layout and 'name="var.season"' in html
        assert 'name="var.season"' not in ask(scene="presets", preset=[oak.id], layout=layout[1])


def test_a_viewer_gets_no_quote(vera: User, asked: dict[str, Any]) -> None:
    assert browser_of(vera).post("/generate/quote/", asked).status_code == 403
