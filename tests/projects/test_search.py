"""What people look for is found, alike on both engines: this file runs on PostgreSQL too."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.gallery.filters import GalleryFilters
from dashboard.gallery.pictures import shown
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects import actions
from dashboard.projects.checks import Library, problems
from dashboard.projects.details import DetailsRefused
from dashboard.projects.models import Product, Project
from dashboard.projects.sheets import SheetRow
from dashboard.studio.actions import JobSpec, start
from dashboard.ui.search import Search
from generation.database.folded_columns import by_text, tag_key
from generation.models import Image, Job
from generation.text import fold_for_search, fold_for_uniqueness, words_of
from tests.conftest import browser_of
from tests.gallery.conftest import stored
from tests.generation.test_text import TEXTS
from tests.pictures import photo

NAMES = {
    "MARBRE Élégant table": "marbre-1",
    "Mu\u0308ller Becher": "M_L",  # as a Mac names its file
    "Синяя кружка": "КР-1",
    "Ärmelhemd": "Ä%1",
    "Café [neu]": "C\\1",
    "Plain mug": "",
}
FOUND = [
    ("MÜLLER", {"Müller Becher"}),
    ("muller", {"Müller Becher"}),
    ("becher mu\u0308ller", {"Müller Becher"}),
    ("ärmel", {"Ärmelhemd"}),
    ("КРУЖКА", {"Синяя кружка"}),
    ("кр-1 синяя", {"Синяя кружка"}),
    ("marbre table", {"MARBRE Élégant table"}),
    ("table ELEGANT", {"MARBRE Élégant table"}),
    ("[", {"Café [neu]"}),
    ("%", {"Ärmelhemd"}),
    ("_", {"Müller Becher"}),
    ("\\", {"Café [neu]"}),
    ("e9", set()),
    ("u00e9", set()),
    ("'", set()),
    ("mug table", set()),
]


@pytest.fixture
def library(creator: Actor, mug: Product) -> dict[str, Product]:
    """Products by their names, each tagged alike; the mug is another's."""
    actions.put_away_product(creator, mug, away=True)
    return {
        product.name: product
        for name, sku in NAMES.items()
        for product in [actions.create_product(creator, asset=mug.asset, name=name, sku=sku, tags=["Été"])]
    }


def names(rows: Any) -> set[str]:
    return {row.name for row in rows}


@pytest.mark.parametrize(("typed", "there"), FOUND)
def test_products_are_found_as_people_mean(typed: str, there: set[str], library: dict[str, Product], bob: User) -> None:
    browser = browser_of(bob)
    for address, key in (("/products/", "page"), ("/generate/tray/", "products")):
        shown = browser.get(address, {"q": typed}).context[key]
        assert names(getattr(shown, "rows", shown)) == there


@pytest.mark.parametrize("typed", ["été", "ETE", "E\u0301te\u0301", "ét"])
def test_a_tag_is_found_in_any_spelling(typed: str, library: dict[str, Product]) -> None:
    assert names(Search.of(typed).narrow(Product.objects.filter(archived_at=None))) == set(library)


@pytest.mark.parametrize(("tag", "many"), [("Été", 6), ("ÉTÉ", 6), ("ete", 0), ("ét", 0), ("té", 0), ("%", 0)])
def test_a_tag_is_chosen_whole_and_with_its_accents(tag: str, many: int, library: dict[str, Product]) -> None:
    assert Product.objects.filter(tag_keys__contains=tag_key(tag)).count() == many


def test_a_new_name_is_found_at_once_and_the_old_one_no_more(creator: Actor, mug: Product) -> None:
    actions.edit_product(creator, mug, name="Élan", sku="E-1", tags=["été"])
    everything = Product.objects.all()
    assert [list(Search.of(q).narrow(everything)) for q in ("elan", "e-1", "ete", "camp")] == [[mug], [mug], [mug], []]


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=2), TEXTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_finds_what_the_fold_says(mug: Product, name: str, sku: str, tags: list[str], typed: str) -> None:
    mug.name, mug.sku, mug.tags = (text.replace("\0", "").encode(errors="ignore").decode() for text in (name, sku, ""))  # type: ignore[assignment]
    mug.tags = [tag.replace("\0", "").encode(errors="ignore").decode() for tag in tags]
    mug.save()
    mine = Product.objects.filter(pk=mug.pk)
    said = [fold_for_search(text) for text in (mug.name, mug.sku, *mug.tags)]
    for asked in (typed, typed[:1], name[1:2], f"{sku[:2]} {name[-2:]}"):
        expected = all(any(word in text for text in said) for word in words_of(asked)[:12])
        assert Search.of(asked).narrow(mine).exists() == expected
    for tag in (*mug.tags, typed):
        keys = {fold_for_uniqueness(one) for one in mug.tags}
        if fold_for_uniqueness(tag):
            assert mine.filter(tag_keys__contains=tag_key(tag)).exists() == (fold_for_uniqueness(tag) in keys)


@given(st.lists(TEXTS.map(lambda text: text.replace("\0", "")), min_size=2, max_size=6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_engines_sort_as_python_does(team: Any, written: list[str]) -> None:
    Project.objects.filter(team=team).delete()
    for name in written:
        Project.objects.create(team=team, name=name.encode(errors="ignore").decode()[:80])
    given = [row.search_text for row in Project.objects.filter(team=team).order_by(by_text(), "id")]
    assert given == sorted(given)


@pytest.fixture
def pictures(creator: Actor, library: dict[str, Product]) -> list[Image]:
    """Of the marble table: on slate; of the Müller mug: with 100% 'Ärmel'."""
    asked = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1}
    specs = [
        JobSpec(product=library["MARBRE Élégant table"], prompt="Devant un café,\nsur l’ardoise", **asked),  # type: ignore[arg-type]
        JobSpec(product=library["Müller Becher"], prompt="100% Ärmel [soft] \\ slate", **asked),  # type: ignore[arg-type]
    ]
    return [picture for job in start(creator, specs=specs).jobs.order_by("id") for picture in stored(job)]


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("CAFE", [0]),
        ("l'ardoise", [0]),
        ("marbre ardoise", [0]),
        ("ardoise MARBRE-1", [0]),
        ("été", [0, 1]),
        ("slate muller", [1]),
        ("slate marbre", []),
        ("100% armel", [1]),
        ("%", [1]),
        ("[", [1]),
        ("\\", [1]),
        ("_", [1]),
        ("e9", []),
        ("un café", [0]),
    ],
)
def test_pictures_are_found_by_prompt_and_product(typed: str, places: list[int], pictures: list[Image]) -> None:
    found = shown(pictures[0].team, GalleryFilters(q=typed))
    assert [picture.pk for picture in found] == [pictures[place].pk for place in reversed(places)]


def test_pictures_follow_the_new_name_of_their_product(pictures: list[Image], creator: Actor) -> None:
    product = pictures[0].job.product
    actions.edit_product(creator, product, name="Guéridon", sku="", tags=[])
    found = [list(shown(pictures[0].team, GalleryFilters(q=q))) for q in ("gueridon", "marbre")]
    assert found == [[pictures[0]], []]


def test_a_preset_is_found_by_its_present_words(team: Any, bob: User) -> None:
    row = Preset.objects.create(team=team, name="Élan vital", description="Für Ärmel", tags=["Été"])
    row.current = PresetVersion.objects.create(preset=row, number=1, template="Sur l’ardoise")
    row.save(update_fields=["current"])
    browser: Client = browser_of(bob)

    def found(**asked: str) -> list[Preset]:
        return list(browser.get("/presets/", asked).context["presets"])

    assert found(q="vital ÄRMEL l'ardoise ete") == [row]
    assert found(q="e9") == found(q="%") == found(q="marbre") == []
    assert found(tag="ÉTÉ") == [row]
    assert found(tag="Ete") == []


def test_what_is_searched_is_written_with_the_job(pictures: list[Image]) -> None:
    assert set(Job.objects.values_list("search_text", flat=True)) == {
        "devant un cafe, sur l'ardoise",
        "100% armel [soft] \\ slate",
    }


@pytest.mark.parametrize("sku", ["mu\u0308g-1", "MÜG-1", "ＭÜＧ－１", " müg-1\u200b"])
def test_one_sku_names_one_product(sku: str, creator: Actor, mug: Product) -> None:
    actions.edit_product(creator, mug, name="Mug", sku="Müg-1", tags=[])
    other = actions.create_product(creator, asset=mug.asset, name="Cup", sku="mug-1", tags=[])  # ü is not u
    for attempt in (
        lambda: actions.create_product(creator, asset=mug.asset, name="Bowl", sku=sku, tags=[]),
        lambda: actions.edit_product(creator, other, name="Cup", sku=sku, tags=[]),
    ):
        with pytest.raises(DetailsRefused, match="Mug has the SKU .* already."):
            attempt()
    assert Product.objects.count() == 2


def test_an_archived_product_leaves_its_sku_to_others_and_comes_back_without_taking_it(
    creator: Actor, mug: Product, bob: User
) -> None:
    actions.edit_product(creator, mug, name="Mug", sku="A-1", tags=[])
    actions.put_away_product(creator, mug, away=True)
    other = actions.create_product(creator, asset=mug.asset, name="Cup", sku="a-1", tags=[])
    answer = browser_of(bob).post(f"/products/{mug.pk}/archive/", {"away": "no"}, follow=True)
    assert "Cup has the SKU A-1 already. Give one of them another SKU first." in answer.content.decode()
    mug.refresh_from_db()
    assert mug.archived_at
    actions.edit_product(creator, other, name="Cup", sku="A-2", tags=[])
    actions.put_away_product(creator, mug, away=False)


def test_a_sku_that_was_shared_before_may_stay_but_is_given_to_nobody_else(creator: Actor, mug: Product) -> None:
    actions.edit_product(creator, mug, name="Mug", sku="A-1", tags=[])
    twin = Product.objects.create(team=mug.team, asset=mug.asset, name="Twin", sku="a-1", sku_shared=True)
    actions.edit_product(creator, twin, name="Twin of the mug", sku="a-1", tags=[])
    with pytest.raises(DetailsRefused):
        actions.create_product(creator, asset=mug.asset, name="Third", sku="A-1", tags=[])
    actions.edit_product(creator, twin, name="Twin", sku="A-2", tags=[])
    with pytest.raises(DetailsRefused):
        actions.edit_product(creator, twin, name="Twin", sku="A-1", tags=[])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "\u200b\u3000"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"sku": "x" * 61}, "sku"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
    ],
)
def test_every_entrance_keeps_to_the_bounds(given: dict[str, Any], field: str, creator: Actor, mug: Product) -> None:
    whole = {"name": "Mug", "sku": "", "tags": []} | given
    for attempt in (
        lambda: actions.create_product(creator, asset=mug.asset, **whole),
        lambda: actions.edit_product(creator, mug, **whole),
    ):
        with pytest.raises(DetailsRefused) as caught:
            attempt()
        assert caught.value.field == field
    assert Product.objects.get().name == "Camp mug"


def test_files_of_a_mac_and_of_windows_are_found_alike(bob: User, creator: Actor) -> None:
    """A Korean name that a Mac decomposed is the same to whoever types it."""
    browser = browser_of(bob)
    for colour, name in (("#aa0000", "\u1110\u1166\u1109\u1173\u1110\u1173_mac.jpg"), ("#00aa00", "테스트_win.jpg")):
        browser.post("/products/upload/", {"photo": SimpleUploadedFile(name, photo(colour=colour))})
    assert names(browser.get("/products/", {"q": "테스트"}).context["page"].rows) == {"테스트 mac", "테스트 win"}


@pytest.mark.parametrize("space", [" ", "\xa0", "\u3000", "\u200b"])
def test_a_space_around_a_sku_makes_no_second_product(space: str, bob: User, creator: Actor, mug: Product) -> None:
    """By the form, and then by a sheet that has it without the space."""
    browser_of(bob).post(f"/products/{mug.pk}/", {"name": "Mug", "sku": f"SKU123{space}", "tags": ""})
    mug.refresh_from_db()
    assert mug.sku == "SKU123"
    found = problems([SheetRow(2, name="Other", sku="sku123")], library=Library(mug.team))
    assert "Mug has the SKU sku123 already." in found[2]
    with pytest.raises(DetailsRefused):
        actions.create_product(creator, asset=mug.asset, name="Mug", sku=f"{space}sku123", tags=[])


def test_menus_sort_as_people_do(team: Any, bob: User, vera: User) -> None:
    for name in ("Zebra", "äpfel", "Apfel 2", "apfel 10", "Éclair", "émail", "Ostern", "Öl"):
        Project.objects.create(team=team, name=name)
    User.objects.filter(pk=bob.pk).update(name="Örjan")
    User.objects.filter(pk=vera.pk).update(name="oskar")
    menus = {one["menu"].name: one["menu"] for one in browser_of(bob).get("/gallery/").context["menus"]}
    assert [label for _, label in menus["project"].choices] == [
        "äpfel", "apfel 10", "Apfel 2", "Éclair", "émail", "Öl", "Ostern", "Zebra",
    ]  # fmt: skip
    assert [label for _, label in menus["member"].choices] == ["Alice", "Örjan", "oskar"]
