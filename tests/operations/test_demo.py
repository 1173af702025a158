"""The demo team: made once by ``manage.py prepare``, then left to its people."""

import io
import json
import stat
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.demo import cache, covers, seed, tasks
from dashboard.demo.cache import Kept
from dashboard.demo.presets import PRESETS
from dashboard.demo.products import PRODUCTS, SampleProduct
from dashboard.demo.team import TEAM
from dashboard.presets.models import Preset
from dashboard.projects.models import Product, Project
from generation.contract import CATALOGUE, PHOTO_MAX_BYTES, AspectRatio
from generation.credits import ledger
from generation.media import pictures
from generation.models import Connection
from generation.sandbox.keys import authenticate as at_sandbox
from generation.sandbox.render.prompt import read_prompt
from tests.pictures import photo

ALICE, BOB, VERA = (f"{name}@packshot.example" for name in ("alice", "bob", "vera"))


@pytest.fixture(autouse=True)
def quick_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain pictures instead of drawn ones, which have tests of their own."""
    colours = [f"#{31 * number + 9:02x}4080" for number in range(len(PRODUCTS))]

    def plain(colour: str) -> Callable[[], bytes]:
        return lambda: photo(colour=colour)

    quick = [
        SampleProduct(sample.name, sample.sku, sample.tags, plain(colour))
        for sample, colour in zip(PRODUCTS, colours, strict=True)
    ]
    monkeypatch.setattr(seed, "PRODUCTS", quick)


@pytest.fixture(autouse=True)
def data_folder(settings: LazySettings, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would go to the broker: this suite shares one with tests that run a worker."""
    sent: list[str] = []
    monkeypatch.setattr("generation.pipeline.hints.send", sent.append)
    return sent


def prepare(*words: str) -> dict[str, Any]:
    """What the last line says."""
    out = io.StringIO()
    call_command("prepare", "--json", *words, stdout=out)
    said: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return said


def rows() -> dict[str, int]:
    return {kind.__name__: kind._default_manager.count() for kind in (User, Team, Membership, ApiKey, Product, Preset)}


pytestmark = pytest.mark.django_db


def test_the_first_start_says_how_to_sign_in() -> None:
    said = prepare()
    assert set(said) == {"users", "api_key"}
    assert [(user["email"], user["role"]) for user in said["users"]] == [
        (ALICE, "owner"),
        (BOB, "creator"),
        (VERA, "viewer"),
    ]
    for user in said["users"]:
        assert set(user) == {"email", "password", "role"}
        assert authenticate(email=user["email"], password=user["password"]) == User.objects.get(email=user["email"])
    assert ApiKey.objects.get(digest=ApiKey.hash(said["api_key"])).team_id == TEAM


def test_the_sign_in_page_takes_what_was_said(client: Client) -> None:
    user = prepare()["users"][0]
    answer = client.post("/accounts/login/", {"login": user["email"], "password": user["password"]})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_the_demo_is_complete() -> None:
    prepare()
    team = Team.objects.get(pk=TEAM)
    assert team.name == "Northwind"
    assert Project.objects.get(team=team).name == "Spring launch"
    assert ledger.left(team_id=team.id) == 1500
    assert {product.name for product in Product.objects.filter(team=team)} == {sample.name for sample in PRODUCTS}
    for product in Product.objects.select_related("asset").filter(team=team):
        assert Image.open(io.BytesIO(pictures.read(product.asset.thumbnail))).width > 100
    presets = Preset.objects.select_related("current").filter(team=team)
    assert len(presets) >= 8
    assert {preset.category for preset in presets} == {"lifestyle", "studio", "seasonal"}
    assert all(preset.current and preset.current.number == 1 for preset in presets)


def test_only_the_owner_operates_the_installation() -> None:
    prepare()
    assert list(User.objects.filter(is_superuser=True).values_list("email", flat=True)) == [ALICE]


def test_the_connection_opens_the_sandbox(settings: LazySettings) -> None:
    prepare()
    connection = Connection.objects.get(team_id=TEAM)
    assert connection.base_url == f"{settings.PUBLIC_URL}/sandbox/v1"
    assert at_sandbox(f"Bearer {connection.key}").credits > 1500


def test_without_the_sandbox_there_is_no_connection_to_it(settings: LazySettings) -> None:
    settings.SANDBOX = False
    prepare()
    assert not Connection.objects.exists()


def test_later_starts_say_the_same_and_make_nothing() -> None:
    first, before = prepare(), rows()
    assert prepare() == first
    assert rows() == before


def test_the_sign_in_is_kept_for_its_owner_only(settings: LazySettings) -> None:
    said = prepare()
    file = settings.DATA_DIR / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert said["api_key"] in file.read_text()
    assert [path.name for path in settings.DATA_DIR.iterdir() if path.name.startswith(".demo")] == []


def test_another_port_moves_the_connection(settings: LazySettings) -> None:
    prepare()
    settings.PUBLIC_URL = "http://127.0.0.1:8456"
    prepare()
    assert Connection.objects.get(team_id=TEAM).base_url == "http://127.0.0.1:8456/sandbox/v1"


def test_a_connection_that_a_person_pointed_elsewhere_stays(settings: LazySettings) -> None:
    prepare()
    Connection.objects.filter(team_id=TEAM).update(base_url="https://api.productai.photo/v1")
    settings.PUBLIC_URL = "http://127.0.0.1:8456"
    prepare()
    assert Connection.objects.get(team_id=TEAM).base_url == "https://api.productai.photo/v1"


def test_a_changed_password_and_a_revoked_key_are_not_said() -> None:
    said = prepare()
    bob = User.objects.get(email=BOB)
    bob.set_password("a word of my own")
    bob.save()
    ApiKey.objects.update(revoked_at=timezone.now())
    again = prepare()
    assert [user["password"] for user in again["users"]] == [
        said["users"][0]["password"],
        "",
        said["users"][2]["password"],
    ]
    assert again["api_key"] == ""


def test_a_password_whose_hash_was_renewed_is_still_said() -> None:
    said = prepare()
    alice = User.objects.get(email=ALICE)
    alice.set_password(said["users"][0]["password"])
    alice.save()
    assert prepare() == said
    assert cache.read().known[alice.password] is True


@pytest.mark.parametrize("step", ["_people", "_connect", "_add_product", "_add_presets"])
def test_an_interrupted_start_leaves_nothing_and_the_next_completes_it(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(seed, step, cut)
        prepare()
    assert set(rows().values()) == {0}
    said = prepare()
    assert authenticate(email=ALICE, password=said["users"][0]["password"]) is not None
    assert Product.objects.count() == len(PRODUCTS)


def test_a_start_cut_off_right_before_the_commit_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    write = cache.write

    def cut(remembered: Kept) -> None:
        write(remembered)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(cache, "write", cut)
        prepare()
    said = prepare()
    assert authenticate(email=ALICE, password=said["users"][0]["password"]) is not None
    assert ApiKey.objects.get().digest == ApiKey.hash(said["api_key"])


def test_what_a_person_deleted_or_changed_stays_so() -> None:
    prepare()
    Product.objects.filter(sku="MUG-01").delete()
    Preset.objects.update(current=None)
    Project.objects.update(name="Autumn launch")
    Membership.objects.filter(user__email=VERA).delete()
    Team.objects.update(name="Southwind")
    before = rows()
    assert [user["email"] for user in prepare()["users"]] == [ALICE, BOB]
    assert rows() == before
    assert Project.objects.get().name == "Autumn launch"
    assert Team.objects.get().name == "Southwind"


def test_teams_of_other_people_are_left_alone(team: Team) -> None:
    Product.objects.filter(team=team).delete()
    before = (Connection.objects.get(team=team).base_url, ledger.left(team_id=team.id))
    prepare()
    assert (Connection.objects.get(team=team).base_url, ledger.left(team_id=team.id)) == before
    assert Membership.objects.get(team=team).role == Role.OWNER
    assert not Product.objects.filter(team=team).exists()


def test_an_address_of_the_demo_that_is_taken_stays_its_owners() -> None:
    bob = User.objects.create_user(email=BOB, password="bob was here first")
    said = prepare()
    assert said == {"users": [], "api_key": ""}
    assert User.objects.get().password == bob.password


@pytest.mark.parametrize("way", ["--no-demo", "PACKSHOT_DEMO"])
def test_without_the_demo_only_the_database_is_prepared(way: str, settings: LazySettings) -> None:
    settings.DEMO = way != "PACKSHOT_DEMO"
    assert prepare(*([way] if way.startswith("--") else [])) == {"users": [], "api_key": ""}
    assert set(rows().values()) == {0}
    assert cache.read() == Kept()


def test_a_file_that_is_not_ours_is_no_sign_in(settings: LazySettings) -> None:
    prepare()
    (settings.DATA_DIR / "demo.json").write_text('{"password": 7, "surprise": []}')
    said = prepare()
    assert {user["password"] for user in said["users"]} == {""}
    assert said["api_key"] == ""


def test_covers_are_asked_for_until_all_are_there(hints: list[str]) -> None:
    prepare()
    assert hints == [tasks.draw_next_cover.name]
    Preset.objects.update(cover="somewhere")
    prepare()
    assert hints == [tasks.draw_next_cover.name]


def test_a_cover_is_rendered_from_a_sample_product() -> None:
    prepare()
    preset = covers.missing()
    assert preset is not None
    tasks.draw(preset)
    preset.refresh_from_db()
    picture = Image.open(io.BytesIO(pictures.read(preset.cover)))
    assert picture.size == (480, 360)
    following = covers.missing()
    assert following is not None
    assert following.pk != preset.pk


def test_a_cover_that_a_person_chose_meanwhile_stays() -> None:
    prepare()
    preset = covers.missing()
    assert preset is not None
    Preset.objects.filter(pk=preset.pk).update(cover="mine.webp")
    tasks.draw(preset)
    preset.refresh_from_db()
    assert preset.cover == "mine.webp"


def test_easy_passwords_differ_and_suit_the_rules() -> None:
    made = {cache.easy_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 17 and password.replace("-", "").isalnum() for password in made)


@pytest.mark.parametrize("sample", PRODUCTS, ids=lambda sample: sample.sku)
def test_every_photo_is_a_product_before_a_plain_background(sample: SampleProduct) -> None:
    data = sample.draw()
    picture = pictures.read_picture(data, max_bytes=PHOTO_MAX_BYTES)
    assert (picture.width, picture.height) == (1200, 1200)
    assert len(data) < 1_000_000
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    corners = [image.getpixel(at) for at in ((5, 5), (1194, 5), (5, 1194), (1194, 1194))]
    see_through = picture.mime == "image/png"
    assert all((corner[3] == 0) if see_through else min(corner[:3]) > 200 for corner in corners)  # type: ignore[index]
    seen = image.getchannel("A").point([255 * (level > 250) for level in range(256)]).getbbox()
    assert seen is not None
    if see_through:
        assert min(seen[:2]) > 30
        assert max(seen[2:]) < 1170


@pytest.mark.parametrize("sample", PRODUCTS, ids=lambda sample: sample.sku)
def test_a_product_name_does_not_steer_the_scene(sample: SampleProduct) -> None:
    scene = read_prompt(sample.name)
    assert (scene.surface, scene.setting, scene.colours) == (None, None, ())


@pytest.mark.parametrize("sample", PRESETS, ids=lambda sample: sample.name)
def test_every_preset_can_be_used_as_it_is(sample: Any) -> None:
    assert "{{product}}" in sample.template
    assert sample.model in CATALOGUE
    assert sample.aspect_ratio in set(AspectRatio)
    assert 1 <= sample.num_images <= 4
    assert sample.shown in {product.sku for product in PRODUCTS}
    scene = read_prompt(sample.template)
    assert scene.surface or scene.setting
