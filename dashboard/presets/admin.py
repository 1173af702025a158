from django.contrib import admin

from dashboard.presets.models import BrandKit, Preset, PresetVersion
from generation.admin import ReadOnly


@admin.register(Preset)
class PresetAdmin(ReadOnly):
    list_display = ["name", "team", "category", "label", "visibility", "created_at", "archived_at"]
    list_select_related = ["team"]
    list_filter = ["category", "label", "visibility"]
    search_fields = ["name", "id", "team__name"]


@admin.register(PresetVersion)
class PresetVersionAdmin(ReadOnly):
    """A version never changes; jobs point at it."""

    list_display = ["preset", "number", "model", "aspect_ratio", "created_by", "created_at"]
    list_select_related = ["preset", "created_by"]
    search_fields = ["preset__name", "template"]


@admin.register(BrandKit)
class BrandKitAdmin(ReadOnly):
    list_display = ["team", "prefix", "suffix"]
    list_select_related = ["team"]
    search_fields = ["team__name"]
