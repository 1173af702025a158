from django.contrib import admin

from dashboard.projects.models import Product, Project
from generation.admin import ReadOnly


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    list_display = ["name", "team", "created_at", "archived_at"]
    list_select_related = ["team"]
    search_fields = ["name", "id", "team__name"]


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = ["name", "sku", "team", "created_at", "archived_at"]
    list_select_related = ["team"]
    search_fields = ["name", "sku", "id", "team__name"]
