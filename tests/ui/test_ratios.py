import re
from pathlib import Path

import pytest
from django.conf import settings

from dashboard.ui.ratios import RATIOS, css_class, ratio_of

RULE = re.compile(r"\.(r-\d+) { --r: ([\d.]+); }")


def test_stylesheet_has_exactly_the_classes_that_are_handed_out() -> None:
    sheet = Path(settings.ROOT, "static/css/ratios.css").read_text()
    assert {name: float(ratio) for name, ratio in RULE.findall(sheet)} == {css_class(ratio): ratio for ratio in RATIOS}


@pytest.mark.parametrize(
    ("shape", "expected"), [("1:1", "r-100"), ("4:3", "r-133"), ("3:4", "r-75"), ("16:9", "r-178"), ("9:16", "r-56")]
)
def test_shapes_of_the_contract_are_kept_exactly(shape: str, expected: str) -> None:
    assert css_class(ratio_of(shape)) == expected


@pytest.mark.parametrize("shape", ["", "wide", "1:0", "x:y"])
def test_unreadable_shape_is_a_square(shape: str) -> None:
    assert ratio_of(shape) == 1


def test_odd_pictures_lose_little_to_the_nearest_shape() -> None:
    for hundredth in range(40, 300):
        known = int(css_class(hundredth / 100)[2:]) / 100
        assert max(known, hundredth / 100) / min(known, hundredth / 100) < 1.17
