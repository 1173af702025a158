from django.urls import path

from dashboard.spend import cap_views

urlpatterns = [
    path("spend/caps/", cap_views.caps, name="caps"),
    path("spend/caps/<str:cap_id>/", cap_views.cap, name="cap"),
    path("spend/caps/<str:cap_id>/raise/", cap_views.raise_cap, name="raise_cap"),
    path("spend/caps/<str:cap_id>/raise/end/", cap_views.end_raise, name="end_raise"),
    path("spend/caps/<str:cap_id>/remove/", cap_views.remove_cap, name="remove_cap"),
]
