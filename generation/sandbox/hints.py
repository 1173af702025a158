"""Celery messages, which are only hints: a lost one is replaced by the sweep."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
_LONGEST = 60.0  # a message that waits longer may outlive the broker's visibility timeout


def hint_on_commit(task: str, pk: str | int, *, seconds: float = 0) -> None:
    """Ask a worker to run ``generation.sandbox.tasks.<task>`` for a row, ``seconds`` from now at the earliest."""
    transaction.on_commit(partial(_send, task, pk, seconds))


def _send(task: str, pk: str | int, seconds: float) -> None:
    if seconds > _LONGEST:
        return
    try:
        current_app.send_task(f"generation.sandbox.tasks.{task}", (pk,), countdown=max(0.0, seconds), retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker cannot be reached, the sweep will run %s: %s", task, error)
