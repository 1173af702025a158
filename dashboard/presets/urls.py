from django.urls import path

from dashboard.presets import views

urlpatterns = [
    path("", views.presets, name="presets"),
    path("new/", views.new_preset, name="new_preset"),
    path("<str:preset_id>/", views.preset, name="preset"),
    path("<str:preset_id>/edit/", views.edit_preset, name="edit_preset"),
    path("<str:preset_id>/duplicate/", views.duplicate_preset, name="duplicate_preset"),
    path("<str:preset_id>/archive/", views.put_away_preset, name="archive_preset"),
    path("<str:preset_id>/cover/", views.preset_cover, name="preset_cover"),
]
