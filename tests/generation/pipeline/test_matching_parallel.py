"""One job of the provider's has one owner, however many reach for it at once, on either engine."""

from collections.abc import Callable
from typing import Any


def test_a_job_of_the_providers_has_one_owner(outcome: Callable[..., Any]) -> None:
    seen = outcome("-m", "tests.generation.pipeline.matching_parallel")
    print(seen)
    assert seen == {"answers": {"the one that posted it": 25}, "persons": {"1 told so, 1 owner": 25}}
