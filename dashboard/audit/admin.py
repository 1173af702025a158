from django.contrib import admin

from dashboard.audit.models import AuditEvent
from generation.admin import ReadOnly


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ["created_at", "team", "user", "api_key", "action", "object_id", "address"]
    list_select_related = ["team", "user", "api_key"]
    list_filter = ["action"]
    search_fields = ["action", "object_id", "team__name", "user__email"]
    ordering = ["-id"]
