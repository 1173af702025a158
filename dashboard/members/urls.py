from django.urls import path

from dashboard.members import founding_views, invitation_views, key_views, views

urlpatterns = [
    path("accounts/team/new/", founding_views.new_team, name="new_team"),
    path("accounts/invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("accounts/signup/", invitation_views.SignUp.as_view(), name="account_signup"),
    path("settings/members/", views.people, name="members"),
    path("settings/members/leave/", views.leave, name="leave_team"),
    path("settings/members/<int:membership_id>/", views.member, name="member"),
    path("settings/members/<int:membership_id>/remove/", views.remove, name="remove_member"),
    path("settings/members/<int:membership_id>/owner/", views.hand_over, name="hand_over"),
    path("settings/invitations/<str:invitation_id>/revoke/", views.revoke_invitation, name="revoke_invitation"),
    path("settings/keys/", key_views.api_keys, name="api_keys"),
    path("settings/keys/<str:key_id>/revoke/", key_views.revoke_key, name="revoke_key"),
]
