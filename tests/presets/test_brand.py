"""The brand kit: words around every prompt, words that are never sent, and colours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.api.actions import generate
from dashboard.audit.models import AuditEvent
from dashboard.presets import actions
from dashboard.presets.brand import BrandColour, kit_of, palette
from dashboard.presets.drafts import Draft
from dashboard.presets.models import BrandKit
from dashboard.presets.prompts import BannedWord, compose, find_banned
from dashboard.presets.variables import Variable, is_colour
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, NotPossible, start
from generation.contract import ContractError, GenerateRequest
from generation.models import Job
from tests.conftest import browser_of

FORM = {
    "prefix": "Premium  photo.", "suffix": "True colours.",
    "banned_words": "cheap\r\n\r\nbest  ever\r\nＣＨＥＡＰ\r\nche\u200bap",
    "c-0-name": "Sage", "c-0-value": "#8AA887",
}  # fmt: skip


def kit(**fields: Any) -> BrandKit:
    return BrandKit(**{"banned_words": ["cheap", "best ever"]} | fields)


def test_prefix_and_suffix_go_around_the_words() -> None:
    given = {"template": "{{product}} in {{season}}", "product_name": "Mug", "values": {"season": "spring"}}
    assert compose(**given, kit=kit(prefix="Premium.", suffix="Sharp.")) == "Premium. Mug in spring Sharp."
    assert compose(**given, kit=kit()) == compose(**given, kit=None) == "Mug in spring"


@pytest.mark.parametrize("words", ["a CHEAP mug", "cheap", "so cheap!", "the best\n ever mug", "“cheap”"])
def test_a_banned_word_is_found_in_any_case_and_named(words: str) -> None:
    with pytest.raises(BannedWord) as caught:
        compose(template="{{product}} {{x}}", product_name="Mug", values={"x": words}, kit=kit())
    assert (
        str(caught.value) == f"“{caught.value.word}” is a banned word in your team's brand kit. Say it in other words."
    )
    assert caught.value.word in {"cheap", "best ever"}


@pytest.mark.parametrize("words", ["cheaper", "the cheapest", "best of ever", "uncheap", "cheap_shot"])
def test_a_part_of_another_word_is_not_banned(words: str) -> None:
    assert find_banned(words, ["cheap", "best ever"]) == ""


@given(words=st.text(max_size=200), banned=st.lists(st.text(min_size=1, max_size=20).filter(str.strip), max_size=5))
def test_any_words_can_be_banned_and_looked_for(words: str, banned: list[str]) -> None:
    assert find_banned(words, banned) in {"", *banned}


def test_an_admin_sets_the_kit_and_the_change_is_recorded(ada: User, team: Team) -> None:
    browser = browser_of(ada)
    answer = browser.post("/settings/brand/", FORM, follow=True)
    assert "Saved. Every prompt from now on follows it." in answer.content.decode()
    row = kit_of(team)
    assert row and (row.prefix, row.banned_words) == ("Premium photo.", ["cheap", "best ever"])
    assert palette(row) == (BrandColour("Sage", "#8aa887"),) and is_colour(palette(row)[0].words)
    assert "Nothing was changed." in browser.post("/settings/brand/", FORM, follow=True).content.decode()
    assert AuditEvent.objects.filter(action="brand_kit.changed").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"suffix": "Not cheap."}, "“cheap” is among the banned words below."),
        ({"banned_words": "x" * 61}, "is longer than 60 letters."),
        ({"c-0-name": ""}, "Give the colour a name, or remove it."),
        ({"c-0-name": "Sage (1)"}, "A colour&#x27;s name has no # and no brackets."),
        ({"c-0-value": "green"}, "Write the colour as # and six digits"),
        ({"c-1-name": "sage", "c-1-value": "#000000"}, "Two colours have the same name."),
        ({"prefix": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(ada: User, changes: dict[str, str], sentence: str) -> None:
    answer = browser_of(ada).post("/settings/brand/", FORM | changes)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not BrandKit.objects.exists()
    assert changes.get("suffix", FORM["suffix"]) in answer.content.decode()


def test_colours_are_added_and_taken_out_without_saving(ada: User) -> None:
    browser = browser_of(ada)
    assert len(browser.post("/settings/brand/", FORM | {"do": "add"}).context["colours"].forms) == 2
    assert len(browser.post("/settings/brand/", FORM | {"do": "remove:0"}).context["colours"].forms) == 0
    assert not BrandKit.objects.exists()


def test_the_kit_is_the_admins(bob: User, vera: User) -> None:
    assert browser_of(bob).get("/settings/brand/").status_code == 403
    assert browser_of(vera).post("/settings/brand/", FORM).status_code == 403


def test_scripts_keep_to_the_kit_too(ada: User, creator: Actor, mug: Product) -> None:
    browser_of(ada).post("/settings/brand/", FORM)
    asked = GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, prompt="On oak")
    assert generate(creator, asked).prompt == "Premium photo. On oak True colours."
    with pytest.raises(ContractError, match="“cheap” is a banned word"):
        generate(creator, GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, prompt="A cheap look"))


@pytest.mark.parametrize("prompt", ["A ＣＨＥＡＰ look", "A che\u200bap look", "BEST\u3000EVER", "best\r\n ever"])
def test_no_spelling_hides_a_banned_word_at_any_entrance(prompt: str, ada: User, creator: Actor, mug: Product) -> None:
    """Not even at an old prompt, which was sent when the word was not banned yet."""
    spec = JobSpec(product=mug, prompt=prompt, model="nanobanana2", aspect_ratio="1:1", num_images=1)
    job = start(creator, specs=[spec]).jobs.get()
    browser_of(ada).post("/settings/brand/", FORM)
    with pytest.raises(ContractError, match="is a banned word"):
        generate(creator, GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, prompt=prompt))
    with pytest.raises(NotPossible, match="is a banned word"):
        start(creator, specs=[spec])
    assert creator.user
    answer = browser_of(creator.user).post(f"/jobs/{job.pk}/again/", follow=True)
    assert "is a banned word" in answer.content.decode()
    assert Job.objects.count() == 1


@pytest.mark.parametrize(("prompt", "sentence"), [("", "A prompt is empty."), ("x" * 4_001, "at most 4,000 fit.")])
def test_a_prompt_has_bounds_at_every_entrance(prompt: str, sentence: str, creator: Actor, mug: Product) -> None:
    spec = JobSpec(product=mug, prompt=prompt, model="nanobanana2", aspect_ratio="1:1", num_images=1)
    with pytest.raises(NotPossible, match=sentence):
        start(creator, specs=[spec])


def test_a_script_sends_no_prompt_that_nobody_can_see(creator: Actor, mug: Product) -> None:
    with pytest.raises(ContractError, match="nothing that can be seen"):
        generate(creator, GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, prompt="\u200b\u3000"))


def test_scripts_get_the_defaults_of_a_preset(creator: Actor, mug: Product) -> None:
    season = Variable("season", "text", "Season", default="spring")
    row = actions.add(creator, Draft(name="Oak", template="{{product}} in {{season}}", variables=(season,)))
    asked = GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, preset_id=row.id)
    job = generate(creator, asked)
    assert (job.prompt, job.variables) == (f"{mug.name} in spring", {"season": "spring"})
    needed = Variable("season", "text", "Season", required=True)
    row = actions.add(creator, Draft(name="Pine", template="in {{season}}", variables=(needed,)))
    with pytest.raises(ContractError, match="cannot be used by scripts. Fill in Season."):
        generate(creator, GenerateRequest(model="nanobanana2", asset_id=mug.asset.id, preset_id=row.id))
