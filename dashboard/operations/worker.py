"""The Celery application as the supervisor runs its worker: it says when it takes tasks, and gives memory back."""

import ctypes
import sys
import time
from typing import Any

from celery.signals import task_postrun, worker_ready

from dashboard.celery import app
from dashboard.operations.supervisor import READY

__all__ = ["app"]
PAUSE = 5.0  # seconds between two looks for memory to give back

libc = ctypes.CDLL(None)
trimmed = time.monotonic()


@worker_ready.connect
def say_ready(**_: Any) -> None:
    """Straight to the log file, whatever the log levels."""
    print(READY, file=sys.__stdout__, flush=True)


@task_postrun.connect
def give_back(**_: Any) -> None:
    """Return freed pages to the system: pictures leave glibc's heap a hundred megabytes larger than it need be."""
    global trimmed  # noqa: PLW0603 (two threads that both trim do no harm)
    if hasattr(libc, "malloc_trim") and time.monotonic() - trimmed > PAUSE:
        trimmed = time.monotonic()
        libc.malloc_trim(0)
