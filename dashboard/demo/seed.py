"""The demo team: everything that a first visitor needs, made once and then left alone."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.audit.record import record
from dashboard.demo import cache
from dashboard.demo.cache import Kept
from dashboard.demo.presets import BANNED, PALETTE, PRESETS
from dashboard.demo.products import PRODUCTS, SampleProduct
from dashboard.demo.team import PEOPLE, TEAM, sandbox_address
from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.presets.variables import as_json
from dashboard.projects.models import Product, ProductPhoto, Project
from generation.contract import PHOTO_MAX_BYTES, PLAN_LIMITS
from generation.credits import ledger
from generation.media import pictures
from generation.models import Asset, Connection
from generation.sandbox.keys import open_account
from generation.sandbox.models import SandboxKey

log = logging.getLogger(__name__)

CREDITS = 1500
PLAN = SandboxKey.Plan.ENTERPRISE
BRIEF = "Spring range for the web shop and social channels. Bright, natural, calm; real surfaces, room for a headline."


@dataclass(frozen=True)
class Photo:
    """A sample product and its photo, stored."""

    sample: SampleProduct
    picture: pictures.Picture
    keys: pictures.StoredKeys


def make() -> None:
    """Make the demo. A second process that does the same at the same time changes nothing."""
    try:
        _write(_photos())
    except IntegrityError as error:
        log.warning("The demo was not made: another process made it, or its addresses are taken (%s).", error)


def _photos() -> list[Photo]:
    """Draw and store every photo. Keys are fixed, so that an interrupted start leaves nothing behind."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_photo, PRODUCTS))


def _photo(sample: SampleProduct) -> Photo:
    picture = pictures.read_picture(sample.draw(), max_bytes=PHOTO_MAX_BYTES)
    return Photo(sample, picture, pictures.store(picture, folder=f"{TEAM}/photos/{sample.sku.lower()}"))


def _write(photos: list[Photo]) -> None:
    """Write every row at once: a demo is whole or is not there."""
    password = cache.easy_password()
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
        colours = [{"name": name, "value": value} for name, value in PALETTE]
        BrandKit.objects.create(team=team, banned_words=list(BANNED), palette=colours)
        record(Actor(team, Role.OWNER, user=owner), "demo.created", team.id)
        # Last, and before the commit: a sign-in that nobody can read would be worth nothing.
        cache.write(Kept(password, key, sandbox_address(), {encoded: True}))


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
    product = Product.objects.create(team=team, name=sample.name, sku=sample.sku, tags=list(sample.tags), asset=asset)
    ProductPhoto.objects.create(product=product, asset=asset, place=0)


def _add_presets(team: Team, author: User) -> None:
    for sample in PRESETS:
        preset = Preset.objects.create(
            team=team,
            name=sample.name,
            description=sample.description,
            category=sample.category,
            created_by=author,
        )
        preset.current = PresetVersion.objects.create(
            preset=preset,
            number=1,
            template=sample.template,
            variables=as_json(sample.variables),
            model=sample.model,
            aspect_ratio=sample.aspect_ratio,
            num_images=sample.num_images,
            created_by=author,
        )
        preset.save()
