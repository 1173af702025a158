"""Two people, or two windows of one, edit the same thing: the later one is told, and nothing is put back silently.

The forms are those that tests/test_orders.py calls "writes down what is there already".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.test import Client

from dashboard.presets.models import BrandKit, Preset, PresetVersion
from dashboard.ui.edits import FIELD, ChangedMeanwhile, check, stamp
from tests.forms import Fields, form_to
from tests.test_orders import HARMLESS, ORDERS
from tests.world import World, as_it_was, made


@dataclass(frozen=True)
class Edited:
    """Where the form is, what the first and then the second person writes into it, and what both see of it."""

    first: Fields
    second: Fields
    theirs: list[str]
    """Sentences and texts that tell the second person of it."""
    untouched: Fields = field(default_factory=dict)
    """What the first wrote, which the second left alone."""
    by: str = "alice"
    page: str = ""


EDITS = {
    "products/<product_id>/": Edited(
        {"name": ["Mug of Ada"], "sku": ["M-7"]}, {"name": ["Mug of Alice"]}, ["Mug of Ada", "M-7"], {"sku": ["M-7"]}
    ),
    "projects/<project_id>/edit/": Edited(
        {"name": ["Summer"], "brief": ["Two\nlines"]}, {"name": ["Winter"]}, ["Summer"], {"brief": ["Two\nlines"]}
    ),
    "presets/<preset_id>/edit/": Edited(
        {"template": ["On slate"], "tags": ["stone"], "aspect_ratio": ["16:9"]},
        {"template": ["On linen"]},
        ["On slate", "stone", "16:9"],
        {"tags": ["stone"], "aspect_ratio": ["16:9"]},
    ),
    "settings/brand/": Edited(
        {"prefix": ["Photograph."], "banned_words": ["cheap"]}, {"prefix": ["Picture."]}, ["Photograph.", "cheap"],
        {"banned_words": ["cheap"]},
    ),
    "settings/team/": Edited(
        {"name": ["Southwind"], "retention_days": ["400"], "approved_only": ["on"], "time_zone": ["Europe/Berlin"]},
        {"name": ["Westwind"]},
        ["Southwind", "400", "Europe/Berlin"],
        {"retention_days": ["400"], "approved_only": ["on"], "time_zone": ["Europe/Berlin"]},
    ),
    "settings/members/<membership_id>/": Edited({"role": ["10"]}, {"role": ["30"]}, ["Viewer"]),
    "settings/connection/": Edited(
        {"photo_delivery": ["link"], "base_url": ["http://127.0.0.1:9/v1"], "plan": ["free"]},
        {"base_url": ["http://127.0.0.1:9/v1"], "plan": ["enterprise"]},
        ["10 requests a minute"],
        {"photo_delivery": ["link"]},
    ),
    "spend/caps/<cap_id>/": Edited(
        {"credits": ["700"], "warn_at": ["60"]}, {"credits": ["800"]}, ["700", "60"], {"warn_at": ["60"]}
    ),
    "spend/caps/<cap_id>/raise/": Edited(
        {"credits": ["7"]}, {"credits": ["9"]}, ["Raised by"], page="spend/caps/<cap_id>/"
    ),
    "accounts/you/": Edited({"name": ["Alice One"]}, {"name": ["Alice Two"]}, ["Alice One"]),
}  # fmt: skip
ONE_PRESS = {
    "products/<product_id>/archive/", "projects/<project_id>/archive/", "presets/<preset_id>/archive/",
    "projects/<project_id>/cover/", "presets/<preset_id>/cover/", "presets/<preset_id>/label/",
    "gallery/<picture_id>/review/", "accounts/team/",
}  # fmt: skip
"""They say what a thing is to be from now on, by a button, and show nothing that could be put back."""


def test_every_form_that_writes_down_what_is_there_is_known() -> None:
    said = (
        "writes down what is there",
        "they have this role",
        "this is the cover",
        "it has this label",
        "it is reviewed",
    )
    edits = {address for address, why in HARMLESS.items() if why.startswith(said)}
    assert edits - ONE_PRESS - EDITS.keys() == set()
    assert {address for address in EDITS if address in ORDERS} == {
        "presets/<preset_id>/edit/",
        "spend/caps/<cap_id>/raise/",
    }


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with django_db_blocker.unblock(), made(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("dashboard.connections.forms.check_address", lambda address: address)
    with as_it_was():
        BrandKit.objects.create(team=private_and_quick.team, palette=[{"name": "Sage", "value": "#8aa887"}])
        yield private_and_quick


def opened(world: World, browser: Client, address: str) -> Fields:
    page = world.fill(EDITS[address].page or address)
    return form_to(browser.get(page).content.decode(), world.fill(address), page=page).fields


def send(world: World, browser: Client, address: str, fields: Fields) -> Any:
    return browser.post(world.fill(address), fields)


def first_saved(world: World, address: str) -> tuple[Client, Any, Fields]:
    """Both open the form and the first saves it: the second's browser, what they are answered, what they sent."""
    edit = EDITS[address]
    hers, his = world.browser("ada" if address != "accounts/you/" else "alice"), world.browser(edit.by)
    mine = opened(world, his, address) | edit.second
    answer = send(world, hers, address, opened(world, hers, address) | edit.first)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return his, send(world, his, address, mine), mine


@pytest.mark.parametrize("address", EDITS)
def test_the_second_is_told_and_chooses(address: str, world: World) -> None:
    edit = EDITS[address]
    browser, answer, mine = first_saved(world, address)
    html = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "changed this while you were editing" in html
    who = "You, in another window," if address == "accounts/you/" else "Ada"
    assert (who in html and "Saved on" in html) or address == "accounts/you/"
    for text in edit.theirs:
        assert text in html, text
    now = opened(world, browser, address)
    for name, value in edit.first.items():
        if name != "credits" or "raise" not in address:
            assert now[name] == value, f"{name} was put back"
    page = world.fill(edit.page or address)
    kept = form_to(answer.content.decode(), world.fill(address), page=page).fields
    for name, value in edit.second.items():
        assert kept[name] == value
    for name, value in edit.untouched.items():
        assert kept[name] == value, f"{name} is shown as it was before"
    assert kept[FIELD] != mine[FIELD]
    again = send(world, browser, address, mine | kept)
    assert again.status_code == 302, again.content.decode()[:3000]
    after = opened(world, browser, address)
    for name, value in {**edit.second, **edit.untouched}.items():
        if name != "credits" or "raise" not in address:
            assert after[name] == value


@pytest.mark.parametrize("address", [address for address in EDITS if "raise" not in address])
def test_who_wrote_the_same_or_nothing_new_is_not_stopped(address: str, world: World) -> None:
    edit = EDITS[address]
    browser = world.browser(edit.by)
    first, second = opened(world, browser, address), opened(world, browser, address)
    assert send(world, browser, address, first | edit.first).status_code == 302
    assert send(world, browser, address, second | edit.first).status_code == 302


@pytest.mark.parametrize("address", EDITS)
def test_every_form_carries_what_it_was_opened_with(address: str, world: World) -> None:
    browser = world.browser(EDITS[address].by)
    (seen,) = opened(world, browser, address)[FIELD]
    assert "." in seen and len(seen) < 400


def test_a_palette_and_variables_that_one_left_alone_stay(world: World) -> None:
    kit = BrandKit.objects.get(team=world.team)
    hers, his = world.browser("ada"), world.browser("alice")
    mine = opened(world, his, "settings/brand/") | {"prefix": ["Picture."]}
    kit.palette = [{"name": "Coral", "value": "#ff7f50"}]
    kit.save()
    answer = send(world, his, "settings/brand/", mine)
    assert answer.status_code == 409 and "Coral · #ff7f50" in answer.content.decode()
    again = form_to(answer.content.decode(), "/settings/brand/", page="/settings/brand/").fields
    send(world, his, "settings/brand/", again)
    kit.refresh_from_db()
    assert (kit.prefix, kit.palette) == ("Picture.", [{"name": "Coral", "value": "#ff7f50"}])

    preset = Preset.objects.get(pk=world.things["preset_id"])
    address = "presets/<preset_id>/edit/"
    mine = opened(world, hers, address) | {"template": ["On linen"]}
    described = [{"name": "season", "kind": "text", "label": "Season"}]
    preset.current = PresetVersion.objects.create(
        preset=preset, number=2, template="On marble in {{season}}", variables=described
    )
    preset.save()
    answer = send(world, hers, address, mine)
    assert answer.status_code == 409 and "season · text · Season" in answer.content.decode()
    page = world.fill(address)
    again = form_to(answer.content.decode(), page, page=page).fields
    assert send(world, hers, address, again).status_code == 302
    preset.refresh_from_db()
    assert (preset.current.template, preset.current.variables) == ("On linen", described)  # type: ignore[union-attr]


def test_a_key_is_never_told(world: World) -> None:
    """Not in the answer, and not by what stands for it."""
    browser = world.browser("alice")
    (seen,) = opened(world, browser, "settings/connection/")[FIELD]
    assert "sandbox-key" not in seen


def test_nobody_is_told_who_saw_nothing() -> None:
    present, wanted = {"name": "now", "sku": ""}, {"name": "mine", "sku": ""}
    for seen in ("", "nonsense", "name", ".", "x" * 100_000):
        check(seen, present=present, wanted=wanted)
    check(stamp(present), present=present, wanted=wanted)
    with pytest.raises(ChangedMeanwhile) as caught:
        check(stamp({"name": "before", "sku": ""}), present=present, wanted=wanted)
    assert (caught.value.names, caught.value.own, caught.value.theirs) == (["name"], {"name"}, set())
