"""The Celery application as the supervisor runs its worker: it says when it takes tasks, whatever the log levels."""

import sys
from typing import Any

from celery.signals import worker_ready

from dashboard.celery import app
from dashboard.operations.supervisor import READY

__all__ = ["app"]


@worker_ready.connect
def say_ready(**_: Any) -> None:
    print(READY, file=sys.__stdout__, flush=True)
