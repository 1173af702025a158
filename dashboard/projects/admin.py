from django.contrib import admin

from dashboard.projects.models import Product, Project
from generation.admin import Rows


@admin.register(Project)
class ProjectAdmin(Rows):
    list_display = ["name", "team", "created_at", "archived_at"]
    list_select_related = ["team"]
    search_fields = ["name", "id", "team__name"]
    autocomplete_fields = ["team"]


@admin.register(Product)
class ProductAdmin(Rows):
    list_display = ["name", "sku", "team", "created_at", "archived_at"]
    list_select_related = ["team"]
    search_fields = ["name", "sku", "id", "team__name"]
    autocomplete_fields = ["team", "asset"]
