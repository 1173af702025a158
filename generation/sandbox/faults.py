"""Fault switches: what the sandbox does wrong on purpose, so that tests and demos can see us survive it.

They are set for one request by the header ``X-Sandbox-Faults: {…}`` or stored on a key (``PUT /sandbox/faults``,
``manage.py sandbox faults``), there with ``times`` for "the next n requests". The header wins over the key.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

ENDPOINTS = ("generate", "jobs", "training-asset", "me")
REFUSALS = (401, 402, 403, 429, 500, 503)
LONGEST_SECONDS = 86_400
"""How much longer or later something may be on purpose."""
WEBHOOKS = ("twice", "early", "late", "never", "forged")


class BadFaults(ValueError):
    """The switches cannot be read; the text names the switch and says what it takes."""


@dataclass(frozen=True)
class Faults:
    """Switches in force for one request and for the job that it starts."""

    on: str = "generate"
    """The endpoint that ``refuse``, ``answer_after_seconds``, ``drop_answer`` and ``times`` are about."""
    refuse: int = 0
    """Answer with this HTTP status and do nothing."""
    retry_after: int = 30
    """Seconds told with ``refuse: 429``."""
    answer_after_seconds: float = 0
    """Carry the request out, then hold the answer back so long."""
    drop_answer: bool = False
    """Carry the request out (accept and charge), then cut the connection inside the answer."""
    delay_seconds: float = 0
    """The job takes so much longer."""
    failure: bool = False
    """The job fails with ``generation_failed``."""
    charge_failure: bool = False
    """With ``failure``: the price is kept, and no answer says so."""
    webhook: str = ""
    """``twice``, ``early`` (the job ends and the webhook is sent before the 202 leaves), ``late``, ``never``,
    ``forged`` (a signed lie is sent at acceptance, then the true one at the end)."""
    late_seconds: float = 5
    """With ``webhook: late``: so long after the end of the job."""
    expired_links: bool | int = False
    """``true``: every job answer carries expired links; a number: the first so many do."""
    truncated_bytes: bool | int = False
    """``true``: every download of a result stops half-way; a number: the first so many do."""
    wrong_type: bool | int = False
    """``true``: every download of a result brings a web page; a number: the first so many do."""
    times: int | None = None
    """Only for switches stored on a key: they are cleared after so many requests."""

    @classmethod
    def parse(cls, given: object) -> Self:
        """Check decoded JSON. Raises :class:`BadFaults`."""
        if not isinstance(given, Mapping):
            raise BadFaults("Fault switches must be a JSON object.")
        unknown = sorted(set(given) - set(_CHECKS))
        if unknown:
            raise BadFaults(f"Unknown fault switch: {unknown[0]}. Known: {', '.join(_CHECKS)}.")
        for name, value in given.items():
            fits, takes = _CHECKS[name]
            if not fits(value):
                raise BadFaults(f"Fault switch {name} must be {takes}.")
        return cls(**given)

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse JSON text. Raises :class:`BadFaults`."""
        try:
            return cls.parse(json.loads(text))
        except (json.JSONDecodeError, RecursionError) as error:
            raise BadFaults("Fault switches must be a JSON object.") from error

    def as_json(self) -> dict[str, Any]:
        """Only what differs from a sandbox without faults."""
        return {name: value for name, value in vars(self).items() if value != getattr(type(self), name)}


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1_000_000


def _is_flag_or_count(value: object) -> bool:
    return _is_flag(value) or _is_count(value)


def _seconds_up_to(most: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _one_of(allowed: tuple[object, ...]) -> tuple[Callable[[object], bool], str]:
    return lambda value: not isinstance(value, bool) and value in allowed, f"one of {', '.join(map(str, allowed))}"


_SOME = "true, false or how many times"
_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "on": _one_of(ENDPOINTS),
    "refuse": _one_of(REFUSALS),
    "retry_after": (_is_count, "a whole number of seconds"),
    "answer_after_seconds": (_seconds_up_to(120), "a number of seconds from 0 to 120"),
    "drop_answer": (_is_flag, "true or false"),
    "delay_seconds": (_seconds_up_to(LONGEST_SECONDS), f"a number of seconds from 0 to {LONGEST_SECONDS}"),
    "failure": (_is_flag, "true or false"),
    "charge_failure": (_is_flag, "true or false"),
    "webhook": _one_of(WEBHOOKS),
    "late_seconds": (_seconds_up_to(LONGEST_SECONDS), f"a number of seconds from 0 to {LONGEST_SECONDS}"),
    "expired_links": (_is_flag_or_count, _SOME),
    "truncated_bytes": (_is_flag_or_count, _SOME),
    "wrong_type": (_is_flag_or_count, _SOME),
    "times": (_is_count, "a whole number of requests"),
}
