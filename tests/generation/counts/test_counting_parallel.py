"""Counts hold while many store, remove, add up, and move the team's days, on either engine."""

from collections.abc import Callable
from typing import Any


def test_nothing_is_counted_twice_or_missed_while_all_happens_at_once(outcome: Callable[..., Any]) -> None:
    assert outcome("-m", "tests.generation.counts.counting_parallel") == {"drift": {}, "counted": [0, 0]}
