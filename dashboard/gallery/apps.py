from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "dashboard.gallery"
    default_auto_field = "django.db.models.BigAutoField"
