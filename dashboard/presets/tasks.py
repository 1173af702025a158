from celery import shared_task

from dashboard.presets import covers, drawings


@shared_task
def fetch_cover(preset_id: str, url: str) -> None:
    covers.fetch_cover(preset_id=preset_id, url=url)


@shared_task
def fill_covers() -> None:
    covers.show_pictures()
    drawings.draw_missing()
