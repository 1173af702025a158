from django.contrib import admin

from dashboard.api.models import CallerDelivery
from generation.admin import ReadOnly


@admin.register(CallerDelivery)
class CallerDeliveryAdmin(ReadOnly):
    list_display = ["id", "job", "api_key", "attempts", "answer", "due_at", "delivered_at"]
    list_select_related = ["job", "api_key"]
    search_fields = ["id", "job__id", "job__webhook_url"]
