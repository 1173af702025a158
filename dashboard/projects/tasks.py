"""Imports in the background: the rows are the truth, so a lost message costs one beat."""

import time

from celery import shared_task

from dashboard.projects import imports

LANES = 2
"""Tasks sent for an import at each beat, which comes every two seconds."""
SECONDS = 2.0
"""About how long each works, so that a long import never fills the queue before other work."""


@shared_task
def look_for_imports() -> None:
    for batch_id in imports.due():
        for _ in range(LANES):
            import_rows.apply_async((batch_id,), expires=4)


@shared_task
def import_rows(batch_id: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and (row := imports.next_row(batch_id)):
        imports.work(row)


@shared_task
def clear_history() -> None:
    imports.clear_history()
