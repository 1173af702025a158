"""What a request to ``POST /v1/generate`` does: the same as the form, on behalf of a key."""

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.webhook_addresses import check_webhook_url
from dashboard.api.models import CallerDelivery
from dashboard.api.photos import photo_of
from dashboard.presets.access import usable
from dashboard.presets.brand import kit_of
from dashboard.presets.models import BrandKit, PresetVersion
from dashboard.presets.prompts import BannedWord, compose, within
from dashboard.presets.variables import BadValues, fill, read
from dashboard.studio.actions import JobSpec, start
from generation.contract import PROMPT_MAX, GenerateRequest
from generation.credits import caps, ledger
from generation.models import Job
from generation.provider.contract_http import invalid
from generation.text import normalise_lines


def generate(acting: Actor, request: GenerateRequest) -> Job:
    """Start a job. Raises ``ContractError`` and ``UserFacingError``.

    A ``preset_id`` replaces the prompt, as the contract says, whether or not there is one.
    """
    check_webhook_url(request.webhook_url)
    version = _preset(acting, request.preset_id) if request.preset_id else None
    if request.image_url:
        _afford(acting, request)
    product, photo = photo_of(acting, request)
    values = _values(version) if version else {}
    kit = kit_of(acting.team) or BrandKit()
    prompt = _prompt(kit, request, version, product_name=product.name, values=values)
    spec = JobSpec(
        product=product,
        prompt=prompt,
        model=request.model,
        aspect_ratio=request.aspect_ratio,
        num_images=request.num_images,
        preset_version=version,
        provider_preset=version.preset.provider_id if version else "",
        variables=values,
        webhook_url=request.webhook_url,
        asset=photo,
    )
    return _start(acting, spec, kit)


def _start(acting: Actor, spec: JobSpec, kit: BrandKit) -> Job:
    with transaction.atomic():
        job = start(acting, specs=[spec], kit=kit).jobs.get()
        if spec.webhook_url and acting.api_key:
            CallerDelivery.objects.create(job=job, api_key=acting.api_key)
    return job


def _afford(acting: Actor, request: GenerateRequest) -> None:
    """Look before a photo is fetched and stored for nothing; the hold itself decides."""
    left = ledger.left(team_id=acting.team.id)
    if left < request.price:
        raise ledger.InsufficientCredits(asked=request.price, left=left)
    bound = caps.bounding(projects=[], spender_id=acting.spender_id)
    tightest = min(caps.standings(team_id=acting.team.id, only=bound), key=lambda it: it.left, default=None)
    if tightest and tightest.left < request.price:
        raise ledger.CapReached(asked=request.price, standing=tightest)


def _preset(acting: Actor, preset_id: str) -> PresetVersion:
    preset = usable(acting).select_related("current__preset").filter(pk=preset_id).first()
    if preset is None or preset.current is None:
        raise invalid("preset_id", "Your team has no such preset.")
    return preset.current


def _values(version: PresetVersion) -> dict[str, str]:
    """The defaults of a preset's variables: the contract has no field to give others."""
    try:
        return fill(read(version.variables), {})
    except BadValues as error:
        raise invalid("preset_id", f"This preset cannot be used by scripts. {error}") from error


def _prompt(
    kit: BrandKit, request: GenerateRequest, version: PresetVersion | None, *, product_name: str, values: dict[str, str]
) -> str:
    """What is sent, within the team's brand kit."""
    name = "preset_id" if version else "prompt"
    words = normalise_lines(request.prompt)
    if not version and not words:
        raise invalid(name, "It has nothing that can be seen.")
    try:
        if version:
            prompt = compose(template=version.template, product_name=product_name, values=values, kit=kit)
        else:
            prompt = within(kit, words)
    except BannedWord as error:
        raise invalid(name, str(error)) from error
    if len(prompt) > PROMPT_MAX:
        raise invalid(name, f"With this product its prompt is longer than {PROMPT_MAX} characters.")
    return prompt
