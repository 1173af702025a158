from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "dashboard.projects"
    default_auto_field = "django.db.models.BigAutoField"
