"""Celery messages, which are only hints: a lost one is replaced by the sweep."""

from functools import partial

from django.db import transaction

from generation.pipeline import hints

_LONGEST = 60.0  # a message that waits longer may outlive the broker's visibility timeout


def hint_on_commit(task: str, pk: str | int, *, seconds: float = 0) -> None:
    """Ask a worker to run ``generation.sandbox.tasks.<task>`` for a row, ``seconds`` from now at the earliest."""
    transaction.on_commit(partial(_send, task, pk, seconds))


def _send(task: str, pk: str | int, seconds: float) -> None:
    if seconds > _LONGEST:
        return
    hints.send(f"generation.sandbox.tasks.{task}", pk, wait=max(0.0, seconds))
