"""Templates are data: names are replaced once, and whatever else looks like code stays words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.presets.templating import TemplateError, check, names, pieces, render

WORDS = st.text(alphabet=string.ascii_lowercase + "_{}% .#\n|()[]'\"", max_size=200)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.dictionaries(NAMES, st.text(max_size=60), max_size=5)


@given(template=st.one_of(WORDS, st.text(max_size=200)), values=VALUES)
def test_rendering_ends_and_its_length_is_bounded(template: str, values: dict[str, str]) -> None:
    longest = max((len(value) for value in values.values()), default=0)
    assert len(render(template, values)) <= len(template) + len(template) // 5 * longest


@given(value=st.text(max_size=80))
def test_a_value_is_never_rendered_again(value: str) -> None:
    assert render("a {{x}} b {{x}}", {"x": value, "y": "boom"}) == f"a {value} b {value}"


@given(template=WORDS)
def test_without_values_every_template_stays_as_it_is(template: str) -> None:
    assert render(template, {}) == template
    assert "".join(text for text, _ in pieces(template)) == template


@given(known=NAMES, unknown=NAMES)
def test_an_unknown_name_stays_to_be_seen(known: str, unknown: str) -> None:
    shown = render(f"{{{{{known}}}}} and {{{{ {unknown} }}}}", {known: "oak"})
    assert shown == ("oak and oak" if known == unknown else f"oak and {{{{ {unknown} }}}}")


@given(template=WORDS)
def test_what_passes_the_check_has_no_brace_left_but_those_of_its_names(template: str) -> None:
    try:
        check(template)
    except TemplateError as error:
        line = template.split("\n")[error.line - 1]
        assert line[error.column - 1 :].startswith(("{{", "}}", "{%", "{#"))
    else:
        left = render(template, dict.fromkeys(names(template), "oak"))
        assert not any(mark in left for mark in ("{{", "}}", "{%", "{#"))


@pytest.mark.parametrize(
    "template",
    [
        "{{product.__class__}}", "{{ product|safe }}", "{{ product() }}", "{{ 7*7 }}", "{{product['x']}}", "{% now %}",
        "{{ request.user }}", "{# note #}", "${product}{{", "{{Product}}", "{{ }}", "}}", "{{a{{b}}}}",
    ],
)  # fmt: skip
def test_what_is_code_elsewhere_is_refused_here(template: str) -> None:
    with pytest.raises(TemplateError):
        check(template)
    assert render(template, {"product": "Mug"}) == template


@pytest.mark.parametrize(
    "template", ["{{product}} on oak", "{{ product }}", "{ braces } and 100 % wool", "#8aa887", ""]
)
def test_plain_words_and_names_pass(template: str) -> None:
    check(template)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("a {{b", "Line 1, column 3: {{ is not closed. Write }} after the name."),
        ("a\n\nb {{x.y}}", "Line 3, column 3: “x.y” cannot be a name."),
        ("{{product}} }}", "Line 1, column 13: }} closes nothing."),
        ("x {{}}", "Line 1, column 3: There is no name between {{ and }}."),
        ("é\n{% if x %}", "Line 2, column 1: {% does nothing here"),
    ],
)
def test_an_error_says_what_and_where(template: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check(template)
    assert str(caught.value).startswith(sentence)
