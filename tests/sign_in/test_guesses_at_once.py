"""Many guesses at one moment are no more than many in turn, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def seen(outcome: Callable[..., Any]) -> Any:
    return outcome("-m", "tests.sign_in.guessing")


def test_five_of_many_are_judged_and_each_code_and_each_place_counts_once(seen: Any) -> None:
    for name in ("alice", "nobody"):
        assert seen[name] == {"told": {"judged": 5, "told to wait": 27}, "rows": 33 if name == "alice" else 1}
    assert seen["teams"] == {"told": {"made": 5, "refused": 7}, "teams": 5}
    assert seen["codes"] == seen["expired codes"] == {"True": 1, "False": 31}
