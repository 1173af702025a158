"""The page of a team's API keys, for its admins."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.idempotency import Made, once
from dashboard.accounts.models import ApiKey, Role
from dashboard.accounts.order_tokens import order_of
from dashboard.accounts.views import members_only
from dashboard.members import keys
from dashboard.members.key_forms import KeyForm
from generation.models import Asset


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@sensitive_variables("context", "made")
def api_keys(request: HttpRequest) -> HttpResponse:
    """List the keys, and make one: the answer to the POST is the only page that ever shows it."""
    acting = access.actor(request, Role.ADMIN)
    form = KeyForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            made, _ = once(order_of(request), lambda: _issued(acting, form))
        except keys.TooManyKeys as error:
            form.add_error("name", str(error))
        else:
            row = access.find(acting, ApiKey, pk=made["key"])
            context |= {"form": KeyForm(), "issued": row, "secret": made["secret"], "example": _example(acting)}
    context["rows"] = _rows(acting)
    return render(request, "members/keys.html", context, status=422 if form.errors else 200)


@sensitive_variables("secret")
def _issued(acting: Actor, form: KeyForm) -> Made:
    row, secret = keys.issue(acting, name=form.cleaned_data["name"])
    return {"key": row.id, "secret": secret}


def _rows(acting: Actor) -> list[dict[str, Any]]:
    """The team's keys, those in use first, with the secrets that sign their webhooks."""
    found = ApiKey.objects.filter(team=acting.team).select_related("created_by").order_by("-id")
    rows = [{"key": key, "webhook_secret": keys.webhook_secret(key)} for key in found]
    return sorted(rows, key=lambda row: bool(row["key"].revoked_at))


def _example(acting: Actor) -> dict[str, str]:
    """What makes the examples run as they are: this server's address, and a photo that the team has."""
    asset = Asset.objects.filter(team=acting.team, products__archived_at=None).order_by("-id").first()
    photo = ("asset_id", asset.id) if asset else ("image_url", "https://example.com/product.jpg")
    return {"url": settings.PUBLIC_URL, "photo_name": photo[0], "photo": photo[1]}


@require_POST
@members_only
def revoke_key(request: HttpRequest, key_id: str) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    key = access.find(acting, ApiKey, pk=key_id)
    if keys.revoke(acting, key):
        messages.success(request, f"{key.name} no longer works.")
    return redirect("api_keys")
