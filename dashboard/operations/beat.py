"""The Celery application as beat needs it: schedule and broker, without Django's models and the tasks' code.

Beat only sends names; loading what they stand for would cost it 60 MB and a second.
"""

from celery import Celery

from dashboard import settings

app = Celery("packshot", fixups=[])
app.config_from_object(settings.CELERY)
