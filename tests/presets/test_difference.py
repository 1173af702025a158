"""What changed between two versions, for people."""

from typing import Any

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.presets import actions
from dashboard.presets.access import Sharing
from dashboard.presets.difference import Piece, VersionChange, compare, word_diff
from dashboard.presets.drafts import Draft
from dashboard.presets.models import PresetVersion
from dashboard.presets.variables import Variable, as_json
from dashboard.ui.edits import stamp
from tests.conftest import browser_of
from tests.ui.markup import one_line

PROMPTS = st.lists(st.sampled_from(["oak", "{{season}}", ",", "soft ", " light", "\n", "é"]), max_size=40).map("".join)
SEASON = Variable("season", "choice", "Season", default="spring", choices=("spring", "autumn"))
PROPS = Variable("props", "text", "Props", default="linen")


def version(**fields: Any) -> PresetVersion:
    return PresetVersion(**{"template": "{{product}} on oak", "variables": []} | fields)


@given(older=PROMPTS, newer=PROMPTS)
def test_the_pieces_hold_both_prompts(older: str, newer: str) -> None:
    pieces = list(word_diff(older, newer))
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == newer
    before = "".join(piece.text for piece in pieces if piece.kind != "new")
    assert before.split() == older.split()


def test_words_are_compared_as_words() -> None:
    assert list(word_diff("on dark oak, soft light", "on pale oak, soft light")) == [
        Piece("on ", "same"),
        Piece("dark ", "gone"),
        Piece("pale ", "new"),
        Piece("oak, soft light", "same"),
    ]


def test_settings_and_variables_are_named() -> None:
    older = version(variables=as_json([SEASON, PROPS]), num_images=1)
    changed = Variable("season", "choice", "Season", required=True, choices=("spring", "autumn", "winter"))
    newer = version(variables=as_json([changed, Variable("height", "number", "Height")]), num_images=2)
    found = compare(older, newer)
    assert found.same_words
    assert found.changes == [
        VersionChange("Pictures of each", "1", "2"),
        VersionChange("Variable props", "text, linen", "taken out"),
        VersionChange("Variable season: default", "spring", "nothing"),
        VersionChange("Variable season: required", "no", "yes"),
        VersionChange("Variable season: choices", "spring, autumn", "spring, autumn, winter"),
        VersionChange("Variable height", "not there", "number"),
    ]


def test_equal_versions_have_no_difference() -> None:
    assert not compare(version(), version())


def test_the_page_shows_two_versions_side_by_side(creator: Actor, bob: User) -> None:
    row = actions.add(creator, Draft(name="Oak", template="{{product}} on dark oak"))
    pine = Draft(name="Oak", template="{{product}} on pale oak")
    actions.edit(creator, row, pine, sharing=Sharing(), seen=stamp(actions.facts(row)))
    browser: Client = browser_of(bob)
    html = one_line(browser.get(f"/presets/{row.id}/?from=1&to=2").content.decode())
    assert "<del>dark </del><ins>pale </ins>" in html
    assert "These two are the same." in browser.get(f"/presets/{row.id}/?from=1&to=1").content.decode()
    assert "From v" not in browser.get(f"/presets/{row.id}/?from=1&to=9").content.decode()
