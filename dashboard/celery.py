"""The Celery application. Tasks live in the ``tasks`` modules of ``generation`` and its sandbox."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
app = Celery("packshot")
app.config_from_object(settings.CELERY)
app.autodiscover_tasks(
    [
        "generation",
        "generation.sandbox",
        "dashboard.accounts",
        "dashboard.api",
        "dashboard.connections",
        "dashboard.demo",
        "dashboard.gallery",
        "dashboard.operations",
        "dashboard.presets",
        "dashboard.projects",
        "dashboard.sign_in",
        "dashboard.audit",
        "dashboard.spend",
    ]
)
app.set_default()
