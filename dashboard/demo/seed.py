"""The demo team: everything that a first visitor needs, made once and then left alone."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.audit.record import record
from dashboard.demo import kept
from dashboard.demo.kept import Kept
from dashboard.demo.presets import PRESETS
from dashboard.demo.products import PRODUCTS, SampleProduct
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from generation import ledger, media
from generation.contract import PHOTO_MAX_BYTES, PLAN_LIMITS
from generation.models import Asset, Connection
from generation.sandbox.keys import open_account
from generation.sandbox.models import SandboxKey

log = logging.getLogger(__name__)

TEAM = "team_demo"
"""The demo team's id. It is fixed, so the row itself says that the demo was made, whatever a person changed since."""
PEOPLE = (
    ("alice@packshot.example", "Alice Moreau", Role.OWNER),
    ("bob@packshot.example", "Bob Lindqvist", Role.CREATOR),
    ("vera@packshot.example", "Vera Okafor", Role.VIEWER),
)
CREDITS = 1500
PLAN = SandboxKey.Plan.ENTERPRISE
BRIEF = "Spring range for the web shop and social channels. Bright, natural, calm; real surfaces, room for a headline."


@dataclass(frozen=True)
class Photo:
    """A sample product and its photo, stored."""

    sample: SampleProduct
    picture: media.Picture
    keys: media.StoredKeys


def prepare() -> dict[str, Any]:
    """Make the demo unless it was made before, and say how to sign in: ``users`` and ``api_key``.

    A password or key that a person has changed or revoked since is said as an empty text.
    """
    if not Team.objects.filter(pk=TEAM).exists():
        try:
            _make(_photos())
        except IntegrityError as error:
            log.warning("The demo was not made, another process did or its addresses are taken: %s", error)
    remembered = kept.read()
    before = (remembered.sandbox, len(remembered.known))
    _follow_address(remembered)
    said = {"users": _users(remembered), "api_key": _api_key(remembered)}
    if before != (remembered.sandbox, len(remembered.known)):
        kept.write(remembered)
    return said


def sandbox_address() -> str:
    return f"{settings.PUBLIC_URL}/sandbox/v1"


def _follow_address(remembered: Kept) -> None:
    """The sandbox answers at our own address, which another port changes; a connection of a person's own stays."""
    now = sandbox_address()
    if remembered.sandbox and remembered.sandbox != now:
        Connection.objects.filter(team_id=TEAM, base_url=remembered.sandbox).update(base_url=now)
        remembered.sandbox = now


def _users(remembered: Kept) -> list[dict[str, str]]:
    found = Membership.objects.filter(team_id=TEAM, user__email__in=[email for email, _, _ in PEOPLE])
    return [
        {
            "email": one.user.email,
            "password": remembered.password if remembered.opens(one.user.password) else "",
            "role": Role(one.role).name.lower(),
        }
        for one in found.select_related("user").order_by("-role", "id")
    ]


def _api_key(remembered: Kept) -> str:
    usable = ApiKey.objects.filter(team_id=TEAM, digest=ApiKey.hash(remembered.api_key), revoked_at=None)
    return remembered.api_key if usable.exists() else ""


def _photos() -> list[Photo]:
    """Draw and store every photo. Keys are fixed, so that an interrupted start leaves nothing behind."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_photo, PRODUCTS))


def _photo(sample: SampleProduct) -> Photo:
    picture = media.read_picture(sample.draw(), max_bytes=PHOTO_MAX_BYTES)
    return Photo(sample, picture, media.store(picture, folder=f"{TEAM}/photos/{sample.sku.lower()}"))


def _make(photos: list[Photo]) -> None:
    """Write every row at once: a demo is whole or is not there."""
    password = kept.easy_password()
    encoded = make_password(password)
    with transaction.atomic():
        team = Team.objects.create(pk=TEAM, name="Northwind")
        owner = _people(team, encoded)
        _, key = ApiKey.issue(team=team, name="Demo script", created_by=owner)
        ledger.grant(team_id=team.id, credits=CREDITS, actor_id=owner.pk, reason="Demo credits")
        Project.objects.create(team=team, name="Spring launch", brief=BRIEF)
        _connect(team, owner)
        for photo in photos:
            _add_product(team, photo)
        _add_presets(team, owner)
        record(Actor(team, Role.OWNER, user=owner), "demo.created", team.id)
        # Last, and before the commit: a sign-in that nobody can read would be worth nothing.
        kept.write(Kept(password, key, sandbox_address(), {encoded: True}))


def _people(team: Team, encoded: str) -> User:
    """The members; the owner, who also operates the installation, is returned."""
    users = [User(username=email, email=email, name=name, password=encoded) for email, name, _ in PEOPLE]
    users[0].is_staff = users[0].is_superuser = True
    for user, (_, _, role) in zip(users, PEOPLE, strict=True):
        user.save()
        Membership.objects.create(team=team, user=user, role=role)
    return users[0]


def _connect(team: Team, owner: User) -> None:
    if settings.SANDBOX:
        _, key = open_account(email=owner.email, plan=PLAN, credits=10 * CREDITS)
        limit = PLAN_LIMITS[PLAN]
        Connection.objects.create(team=team, base_url=sandbox_address(), key=key, plan_limit=limit)


def _add_product(team: Team, photo: Photo) -> None:
    facts = {name: getattr(photo.picture, name) for name in ("mime", "sha256", "width", "height", "thumb_hash")}
    asset = Asset.objects.create(team=team, size=len(photo.picture.data), **vars(photo.keys), **facts)
    sample = photo.sample
    Product.objects.create(team=team, name=sample.name, sku=sample.sku, tags=list(sample.tags), asset=asset)


def _add_presets(team: Team, author: User) -> None:
    for sample in PRESETS:
        preset = Preset.objects.create(
            team=team, name=sample.name, description=sample.description, category=sample.category
        )
        preset.current = PresetVersion.objects.create(
            preset=preset,
            number=1,
            template=sample.template,
            model=sample.model,
            aspect_ratio=sample.aspect_ratio,
            num_images=sample.num_images,
            created_by=author,
        )
        preset.save()
