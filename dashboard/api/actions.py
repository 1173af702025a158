"""What a request to ``POST /v1/generate`` does: the same as the form, on behalf of a key."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.api.models import CallerDelivery
from dashboard.api.photos import product_of
from dashboard.presets.models import Preset, PresetVersion
from dashboard.presets.templating import render
from dashboard.studio.actions import Wish, start
from generation import ledger
from generation.contract import PROMPT_MAX, GenerateRequest
from generation.fetch import is_public
from generation.models import Job
from generation.serving import invalid

WEBHOOK_URL_MAX = 1000


def generate(acting: Actor, request: GenerateRequest) -> Job:
    """Start a job. Raises ``ContractError``, ``ledger.InsufficientCredits`` and ``NotPossible``.

    A ``preset_id`` replaces the prompt, as the contract says, whether or not there is one.
    """
    check_webhook_url(request.webhook_url)
    version = _preset(acting, request.preset_id) if request.preset_id else None
    if request.image_url:
        _afford(acting, request)
    product = product_of(acting, request)
    prompt = render(version.template, {"product": product.name}) if version else request.prompt
    if len(prompt) > PROMPT_MAX:
        raise invalid("preset_id", f"With this product its prompt is longer than {PROMPT_MAX} characters.")
    wish = Wish(
        product=product,
        prompt=prompt,
        model=request.model,
        aspect_ratio=request.aspect_ratio,
        num_images=request.num_images,
        preset_version=version,
        webhook_url=request.webhook_url,
    )
    return _start(acting, wish)


def _start(acting: Actor, wish: Wish) -> Job:
    with transaction.atomic():
        job = start(acting, wishes=[wish]).jobs.get()
        if wish.webhook_url and acting.api_key:
            CallerDelivery.objects.create(job=job, api_key=acting.api_key, due_at=timezone.now())
    return job


def _afford(acting: Actor, request: GenerateRequest) -> None:
    """Look before a photo is fetched and stored for nothing; the hold itself decides."""
    left = ledger.left(team_id=acting.team.id)
    if left < request.price:
        raise ledger.InsufficientCredits(asked=request.price, left=left)


def _preset(acting: Actor, preset_id: str) -> PresetVersion:
    rows = Preset.objects.filter(team=acting.team, pk=preset_id, archived_at=None, current__isnull=False)
    preset = rows.select_related("current").first()
    if preset is None or preset.current is None:
        raise invalid("preset_id", "Your team has no such preset.")
    return preset.current


def trusted_webhooks() -> tuple[str, ...]:
    """Prefixes of addresses that the operator named as their own, which may be on a private network."""
    return tuple(f"{prefix.rstrip('/')}/" for prefix in settings.TRUSTED_WEBHOOKS)


def check_webhook_url(url: str) -> None:
    """Refuse what can be seen to be no public address; names are looked up when the webhook is sent.

    Raises ``ContractError(invalid_request)``.
    """
    if len(url) > WEBHOOK_URL_MAX:
        raise invalid("webhook_url", f"It may have at most {WEBHOOK_URL_MAX} characters.")
    if url and not url.startswith(trusted_webhooks()) and not _may_be_public(url):
        raise invalid("webhook_url", "It must be an address on the public internet.")


def _may_be_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    try:
        return is_public(host)
    except ValueError:
        return bool(host) and not host.endswith("localhost")
