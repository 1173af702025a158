"""Included under ``/settings/keys/``."""

from django.urls import path

from dashboard.api import views

urlpatterns = [
    path("", views.api_keys, name="api_keys"),
    path("<str:key_id>/revoke/", views.revoke_key, name="revoke_key"),
]
