"""What operators see of the machine. They look; members and the machine itself change things, and write it down."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from generation.models import (
    Asset,
    Attempt,
    Batch,
    Connection,
    CreditAccount,
    Hold,
    Image,
    Job,
    JobState,
    LedgerEntry,
    WebhookDelivery,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin  # which cannot be subscripted at run time


class BoundedSearch(_Admin):
    """A search that takes no longer the more is typed: each word is looked for in every row and column."""

    search_max, words_max = 200, 12  # characters and words

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        words = search_term[: self.search_max].split()[: self.words_max]
        return super().get_search_results(request, queryset, " ".join(words))


class AdminRows(BoundedSearch):
    """A list that stays quick on long tables."""

    show_full_result_count = False
    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class ReadOnly(AdminRows):
    """Rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Connection)
class ConnectionAdmin(ReadOnly):
    list_display = ["team", "base_url", "pause", "paused_until", "balance", "balance_at"]
    list_select_related = ["team"]
    list_filter = ["pause"]
    search_fields = ["team__name", "base_url"]
    exclude = ["key"]


@admin.register(Asset)
class AssetAdmin(ReadOnly):
    list_display = ["id", "team", "mime", "width", "height", "size", "created_at"]
    list_select_related = ["team"]
    search_fields = ["id", "team__name", "sha256", "provider_id"]


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ["id", "team", "project", "member", "created_at"]
    list_select_related = ["team", "project", "member"]
    search_fields = ["id", "team__name", "member__email"]


class ByState(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.value) for state in JobState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ["id", "team", "product", "model", "num_images", "state", "price", "tokens_used", "created_at"]
    list_select_related = ["team", "product"]
    list_filter = [ByState, "model"]
    search_fields = ["id", "team__name", "product__name", "prompt", "attempts__provider_job_id"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ["id", "job", "connection", "outcome", "provider_job_id", "created_at"]
    list_select_related = ["job", "connection__team"]
    list_filter = ["outcome"]
    search_fields = ["id", "job__id", "provider_job_id"]
    exclude = ["token_hash"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    list_display = ["attempt", "received_at"]
    list_select_related = ["attempt"]
    search_fields = ["attempt__id", "attempt__job__id"]


@admin.register(Image)
class ImageAdmin(ReadOnly):
    list_display = ["id", "team", "job", "index", "width", "height", "stored_at"]
    list_select_related = ["team", "job"]
    search_fields = ["id", "job__id", "team__name"]


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnly):
    list_display = ["team", "granted", "held", "spent", "left"]
    list_select_related = ["team"]
    search_fields = ["team__name"]


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    list_display = ["job", "account", "credits", "resolved_at"]
    list_select_related = ["job", "account__team"]
    search_fields = ["job__id", "account__team__name"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    list_display = ["id", "account", "kind", "granted", "held", "spent", "job", "actor", "reason", "created_at"]
    list_select_related = ["account__team", "job", "actor"]
    list_filter = ["kind"]
    search_fields = ["job__id", "account__team__name", "actor__email", "reason"]
