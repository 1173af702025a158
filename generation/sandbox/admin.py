from django.contrib import admin
from django.http import HttpRequest

from generation.sandbox.models import Charge, Delivery, SandboxAsset, SandboxJob, SandboxKey


@admin.register(SandboxKey)
class SandboxKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["email", "plan", "credits", "suspended", "faults"]
    readonly_fields = ["id", "key_hash", "created_at"]


class SandboxReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(SandboxJob)
class SandboxJobAdmin(SandboxReadOnly):
    list_display = ["id", "key", "model", "status", "price", "created_at", "ended_at"]
    list_filter = ["status", "model"]


@admin.register(SandboxAsset)
class SandboxAssetAdmin(SandboxReadOnly):
    list_display = ["id", "key", "name", "width", "height", "created_at"]


@admin.register(Charge)
class ChargeAdmin(SandboxReadOnly):
    list_display = ["at", "key", "job", "kind", "credits"]
    list_filter = ["kind"]


@admin.register(Delivery)
class DeliveryAdmin(SandboxReadOnly):
    list_display = ["message_id", "job", "attempts", "answer", "due_at", "delivered_at"]
