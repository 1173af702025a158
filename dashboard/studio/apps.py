from django.apps import AppConfig

from dashboard import celery  # every process that may hint a task needs the configured application

__all__ = ["StudioConfig", "celery"]


class StudioConfig(AppConfig):
    name = "dashboard.studio"
    default_auto_field = "django.db.models.BigAutoField"
