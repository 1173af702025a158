from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from dashboard.sign_in import views
from dashboard.sign_in.password_reset import NewPassword

# By the page that asks for the second factor, too, and with the password that has a log.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[assignment, method-assign]
TO_YOUR_ACCOUNT = RedirectView.as_view(url="/accounts/you/")

urlpatterns = [
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("accounts/you/", views.your_account, name="your_account"),
    path("accounts/you/address/", views.change_address, name="change_address"),
    path("accounts/you/address/<str:token>/", views.confirm_address, name="confirm_address"),
    path("accounts/you/sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path("accounts/you/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    # allauth's own lists: "Your account" has all of them.
    path("accounts/email/", TO_YOUR_ACCOUNT),
    path("accounts/confirm-email/", TO_YOUR_ACCOUNT),
    path("accounts/confirm-email/<str:key>/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/webauthn/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]
if settings.SINGLE_SIGN_ON:
    urlpatterns.append(path("accounts/", include("dashboard.sign_in.identity_urls")))
