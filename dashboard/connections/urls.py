from django.urls import path

from dashboard.connections import views

urlpatterns = [
    path("settings/connection/", views.connection, name="connection"),
    path("settings/connection/sandbox/", views.use_sandbox, name="use_sandbox"),
    path("settings/connection/test/", views.test_key, name="test_key"),
    path("settings/connection/pause/", views.pause, name="pause_connection"),
    path("settings/connection/resume/", views.resume, name="resume_connection"),
]
