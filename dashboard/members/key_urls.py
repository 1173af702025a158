"""Included under ``/settings/keys/``."""

from django.urls import path

from dashboard.members import key_views

urlpatterns = [
    path("", key_views.api_keys, name="api_keys"),
    path("<str:key_id>/revoke/", key_views.revoke_key, name="revoke_key"),
]
