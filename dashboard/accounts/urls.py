from django.urls import path

from dashboard.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/team/", views.switch_team, name="switch_team"),
    path("accounts/session/", views.session, name="session"),
    path("accounts/session/beside/", views.signed_in_beside, name="signed_in_beside"),
]
