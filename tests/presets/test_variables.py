"""Typed variables: what may be described, and what may be filled in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.presets.variables import BadValues, BadVariable, Variable, as_json, fill, is_colour, read

SEASON = Variable("season", "choice", "Season", default="spring", choices=("spring", "autumn"))
PROPS = Variable("props", "text", "Props")
HEIGHT = Variable("height", "number", "Height", required=True)
ACCENT = Variable("accent", "colour", "Accent")
ALL = (SEASON, PROPS, HEIGHT, ACCENT)


def test_what_is_stored_is_read_again() -> None:
    assert read(as_json(ALL)) == ALL


def test_a_default_stands_in_for_what_is_not_given() -> None:
    assert fill(ALL, {"height": "3"}) == {"season": "spring", "props": "", "height": "3", "accent": ""}


@pytest.mark.parametrize(
    ("given", "name", "sentence"),
    [
        ({}, "height", "Fill in Height."),
        ({"height": "  "}, "height", "Fill in Height."),
        ({"height": "tall"}, "height", "Height must be a number such as 3 or 1.5, not “tall”."),
        ({"height": "1,5"}, "height", "Height must be a number"),
        ({"height": "٣"}, "height", "Height must be a number"),
        ({"season": "monsoon"}, "season", "Season cannot be “monsoon”; choose one of spring, autumn."),
        ({"accent": "#12"}, "accent", "Accent must be a colour such as #8aa887 or coral, not “#12”."),
        ({"props": "x" * 301}, "props", "Props has 301 letters; at most 300 fit."),
        ({"colour": "red"}, "colour", "This preset has no variable called “colour”."),
    ],
)
def test_what_does_not_fit_is_said_of_its_variable(given: dict[str, str], name: str, sentence: str) -> None:
    with pytest.raises(BadValues) as caught:
        fill(ALL, {"height": "3"} | given if name != "height" else given)
    assert set(caught.value.errors) == {name}
    assert caught.value.errors[name].startswith(sentence)


@pytest.mark.parametrize("colour", ["#8aa887", "#8A8", "coral", "Navy", "Sage (#8aa887)", "Our own blue (#00f)"])
def test_a_colour_is_a_code_a_name_or_one_of_the_palette(colour: str) -> None:
    assert is_colour(colour)


@pytest.mark.parametrize(
    "word", ["", "#8aa88", "#8aa887)", "Sage (#8aa887", "url(#abc)", "colourful", "#8aa887 #8aa887"]
)
def test_other_words_are_no_colour(word: str) -> None:
    assert not is_colour(word)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"name": ""}, "Give each variable a name."),
        ({"name": "Season"}, "“Season” cannot be a variable's name."),
        ({"name": "a.b"}, "“a.b” cannot be a variable's name."),
        ({"name": "product"}, "“product” is taken"),
        ({"name": "a" * 31}, "The name aaa"),
        ({"kind": "python"}, "“python” is no kind of variable"),
        ({"kind": "choice", "choices": ["one"]}, "Give Light 2 to 30 choices."),
        ({"kind": "choice", "choices": ["one", "one"]}, "Light offers the same choice twice."),
        ({"choices": ["one", "two"]}, "Light is not a choice"),
        ({"kind": "number", "default": "much"}, "The default of Light does not fit: Light must be a number"),
        ({"help": "x" * 201}, "The help of Light has more than 200 letters."),
    ],
)
def test_a_description_without_sense_is_refused(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadVariable) as caught:
        read([{"name": "light", "kind": "text", "label": "Light"} | row])
    assert str(caught.value).startswith(sentence)


def test_two_variables_of_one_name_are_refused() -> None:
    with pytest.raises(BadVariable, match="two variables called season"):
        read(as_json([SEASON, SEASON]))


@given(given=st.dictionaries(st.text(max_size=8), st.text(max_size=400), max_size=6))
def test_filling_gives_every_variable_a_short_line_or_says_why(given: dict[str, str]) -> None:
    try:
        values = fill(ALL, given)
    except BadValues as error:
        assert error.errors and all(sentence.endswith(".") for sentence in error.errors.values())
    else:
        assert list(values) == [variable.name for variable in ALL]
        assert all(len(value) <= 300 and value.isprintable() for value in values.values())
