from django.urls import path

from dashboard.accounts import invitation_views, member_views, team_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/team/", views.switch_team, name="switch_team"),
    path("accounts/team/new/", team_views.new_team, name="new_team"),
    path("accounts/invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("accounts/signup/", invitation_views.SignUp.as_view(), name="account_signup"),
    path("settings/team/", team_views.team, name="team"),
    path("settings/members/", member_views.people, name="members"),
    path("settings/members/leave/", member_views.leave, name="leave_team"),
    path("settings/members/<int:membership_id>/", member_views.member, name="member"),
    path("settings/members/<int:membership_id>/remove/", member_views.remove, name="remove_member"),
    path("settings/members/<int:membership_id>/owner/", member_views.hand_over, name="hand_over"),
    path("settings/invitations/<str:invitation_id>/revoke/", member_views.revoke_invitation, name="revoke_invitation"),
]
