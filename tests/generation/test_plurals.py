"""Numbers with their nouns."""

import pytest
from django.template import Context, Template

from generation.plurals import counted


@pytest.mark.parametrize(
    ("count", "words", "text"),
    [
        (0, ("picture",), "0 pictures"),
        (1, ("picture",), "1 picture"),
        (2_000, ("API key",), "2,000 API keys"),
        (1, ("batch", "batches"), "1 batch"),
        (3, ("batch", "batches"), "3 batches"),
    ],
)
def test_a_number_stands_with_its_noun(count: int, words: tuple[str, ...], text: str) -> None:
    assert counted(count, *words) == text


def test_templates_say_it_the_same_way() -> None:
    page = Template('{% load ui %}{{ one|counted:"credit" }}, {{ many|counted:"credit" }}')
    assert page.render(Context({"one": 1, "many": 12_345})) == "1 credit, 12,345 credits"
