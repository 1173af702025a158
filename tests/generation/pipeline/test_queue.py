"""Choosing costs the same however long the queue is, and however much was done before."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def plans(outcome: Callable[..., Any]) -> dict[str, list[str]]:
    """What :mod:`tests.generation.credits.plans` saw."""
    found: dict[str, list[str]] = outcome("-m", "tests.generation.credits.plans", with_valkey=True)
    return found


def test_whose_turn_it_is_takes_seeks_in_one_index_and_sorts_nothing(plans: dict[str, list[str]]) -> None:
    assert len(plans) == 4
    for question, plan in plans.items():
        seeks = [line for line in plan if "generation_job" in line]
        assert seeks
        assert all("job_waiting" in line for line in seeks), (question, plan)
        assert not [line for line in plan if "TEMP B-TREE" in line or "Sort" in line], (question, plan)
