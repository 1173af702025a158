"""Single sign-on's addresses, read only where it is configured."""

from django.urls import include, path

from dashboard.sign_in import identity_views

urlpatterns = [
    path("oidc/<str:provider_id>/login/", identity_views.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", identity_views.callback, name="openid_connect_callback"),
    path("sso/", include("allauth.socialaccount.urls")),
]
