"""The Celery application as beat needs it: schedule and broker, without Django's models and the tasks' code.

Beat only sends names; loading what they stand for would cost it 60 MB and a second.
"""

import logging
import time
from typing import Any

from celery import Celery
from celery.beat import Scheduler

from dashboard import settings

log = logging.getLogger(__name__)

FIRST = 30.0
"""Seconds after the start within which everything periodic has run once."""
JUMP = 60.0
"""Seconds by which the clock must move to count as set."""


class SteadyScheduler(Scheduler):
    """Counts seconds on a clock that nobody sets, and keeps no file.

    Celery's own compares with the moment of the last run. A clock that was ahead for a minute leaves that in the
    future, in the schedule's file too, and nothing periodic runs until then.
    """

    max_interval = 30

    def __init__(self, *args: Any, **options: Any) -> None:
        self._due: dict[str, float] = {}
        self._clock = _clock()
        super().__init__(*args, **options)

    def tick(self, *_: Any, **__: Any) -> float:
        """Send what is due; the seconds until the next look."""
        now = time.monotonic()
        if abs(_clock() - self._clock) > JUMP:
            self._clock = _clock()
            log.warning("The clock was set, or this machine slept: everything periodic runs now")
            self._due = dict.fromkeys(self._due, now)
        for name, entry in self.schedule.items():
            every = float(self.app.conf.beat_schedule[name]["schedule"])
            if now >= self._due.setdefault(name, now + min(every, FIRST)):
                self._due[name] = now + every
                self.apply_entry(entry, producer=self.producer)
        return max(0.0, min(self._due.values()) - time.monotonic())


def _clock() -> float:
    """The same at any time, unless somebody sets the clock."""
    return time.time() - time.monotonic()


app = Celery("packshot", fixups=[])
app.config_from_object(settings.CELERY)
app.conf.beat_scheduler = SteadyScheduler
