"""Included under ``/sandbox/``: the contract under ``v1/``, what only the sandbox has beside it."""

from django.urls import path, re_path

from generation.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("v1/generate", views.generate),
    path("v1/jobs", views.job_list),
    path("v1/jobs/<str:job_id>", views.job),
    path("v1/training-asset", views.training_asset),
    path("v1/my-uploaded-assets", views.asset_list),
    path("v1/presets", views.preset_list),
    path("v1/me", views.me),
    path("books", views.books_of_key),
    path("faults", views.faults_of_key),
    path("presets/<slug:preset_id>.webp", views.preset_preview),
    path("files/<str:token>", views.file),
    re_path(r"^v1(?:/.*)?$", views.unknown),
]
