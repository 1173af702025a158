from django.urls import path

from dashboard.team_settings import views

urlpatterns = [
    path("settings/team/", views.team, name="team"),
    path("settings/team/alerts/test/", views.try_alerts, name="try_alerts"),
]
