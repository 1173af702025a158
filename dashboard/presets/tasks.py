from celery import shared_task

from dashboard.presets import covers


@shared_task
def fetch_cover(preset_id: str, url: str) -> None:
    covers.fetch_cover(preset_id=preset_id, url=url)
