from django.urls import path

from dashboard.presets import brand_views, editor, sharing_views, views

urlpatterns = [
    path("presets/", views.presets, name="presets"),
    path("presets/new/", editor.new_preset, name="new_preset"),
    path("presets/preview/", editor.prompt_preview, name="prompt_preview"),
    path("presets/export/", sharing_views.export_presets, name="export_presets"),
    path("presets/import/", sharing_views.import_presets, name="import_presets"),
    path("presets/import/provider/", sharing_views.import_from_provider, name="import_from_provider"),
    path("presets/<str:preset_id>/", views.preset, name="preset"),
    path("presets/<str:preset_id>/edit/", editor.edit_preset, name="edit_preset"),
    path("presets/<str:preset_id>/duplicate/", views.duplicate_preset, name="duplicate_preset"),
    path("presets/<str:preset_id>/archive/", views.put_away_preset, name="archive_preset"),
    path("presets/<str:preset_id>/label/", views.label_preset, name="label_preset"),
    path("presets/<str:preset_id>/cover/", views.preset_cover, name="preset_cover"),
    path("presets/<str:preset_id>/export/", sharing_views.export_preset, name="export_preset"),
    path("settings/brand/", brand_views.brand_kit, name="brand_kit"),
]
