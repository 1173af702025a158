from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from dashboard.accounts import views
from dashboard.members import invitation_views
from dashboard.members import views as member_views
from dashboard.sign_in import views as account_views
from dashboard.sign_in.password_reset import NewPassword
from dashboard.team_settings import views as team_views

# By the page that asks for the second factor, too, and with the password that has a log.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[assignment, method-assign]
TO_YOUR_ACCOUNT = RedirectView.as_view(url="/accounts/you/")

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/team/", views.switch_team, name="switch_team"),
    path("accounts/team/new/", team_views.new_team, name="new_team"),
    path("accounts/invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("accounts/signup/", invitation_views.SignUp.as_view(), name="account_signup"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("accounts/you/", account_views.your_account, name="your_account"),
    path("accounts/you/address/", account_views.change_address, name="change_address"),
    path("accounts/you/address/<str:token>/", account_views.confirm_address, name="confirm_address"),
    path("accounts/you/sessions/end/", account_views.end_other_sessions, name="end_other_sessions"),
    path("accounts/you/sessions/<int:session_id>/end/", account_views.end_session, name="end_session"),
    # allauth's own lists: "Your account" has all of them.
    path("accounts/email/", TO_YOUR_ACCOUNT),
    path("accounts/confirm-email/", TO_YOUR_ACCOUNT),
    path("accounts/confirm-email/<str:key>/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/webauthn/", TO_YOUR_ACCOUNT),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("settings/team/", team_views.team, name="team"),
    path("settings/team/alerts/test/", team_views.try_alerts, name="try_alerts"),
    path("settings/members/", member_views.people, name="members"),
    path("settings/members/leave/", member_views.leave, name="leave_team"),
    path("settings/members/<int:membership_id>/", member_views.member, name="member"),
    path("settings/members/<int:membership_id>/remove/", member_views.remove, name="remove_member"),
    path("settings/members/<int:membership_id>/owner/", member_views.hand_over, name="hand_over"),
    path("settings/invitations/<str:invitation_id>/revoke/", member_views.revoke_invitation, name="revoke_invitation"),
]
if settings.SINGLE_SIGN_ON:
    urlpatterns.append(path("accounts/", include("dashboard.sign_in.identity_urls")))
