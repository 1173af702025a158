from django.apps import AppConfig


class SpendConfig(AppConfig):
    name = "dashboard.spend"
    default_auto_field = "django.db.models.BigAutoField"
