"""Celery's side of the demo: one cover a task, one task at a time, so that a visitor's own pictures go first."""

from celery import shared_task

from dashboard.demo import covers


@shared_task
def draw_next_cover() -> None:
    preset = covers.missing()
    if preset is not None:
        covers.draw(preset)
        draw_next_cover.delay()
