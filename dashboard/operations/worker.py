"""The Celery application as the supervisor runs its worker: it says when it takes tasks, and gives memory back."""

import ctypes
import sys
import time
from typing import Any

from celery.signals import task_postrun, worker_ready
from django.conf import settings

from dashboard.celery import app
from dashboard.operations.supervisor import READY

__all__ = ["app"]
PAUSE = 5.0  # seconds between two looks for memory to give back

if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Celery closes the database after each task: right where a pool takes connections back, but to open a file anew
    # takes as long as a few statements. It cannot break like a connection over a network.
    app.conf.CELERY_DB_REUSE_MAX = 10_000

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
