from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "dashboard.ui"
    verbose_name = "Design system"
