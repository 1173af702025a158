from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dashboard.accounts"
    default_auto_field = "django.db.models.BigAutoField"
