"""A sheet that is not understood at once is asked about once, in the open, and remembered for the team."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects import previews
from dashboard.projects.models import ImportFile, KnownHeader, ProductImport
from tests.conftest import browser_of

PAGE = "/products/import/"
A, B = "https://cdn.example.com/a.jpg", "https://cdn.example.com/b.jpg"
OWN = f"Ware;Nr.;Stil;Bild;Weitere\nBecher;00123;Blau;{A};{B}\nVase;7;Rot;{B};\n".encode()
JAPANESE = f"Name,Image URL\n琺瑯マグ,{A}\n".encode("cp932")


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def choose(browser: Client, data: bytes) -> tuple[ProductImport, str]:
    answer: Any = browser.post(PAGE, {"file": SimpleUploadedFile("list.csv", data)}, follow=True)
    return ProductImport.objects.latest("id"), answer.content.decode()


def say(browser: Client, batch: ProductImport, **told: Any) -> str:
    answer: Any = browser.post(f"{PAGE}{batch.id}/read/", told, follow=True)
    batch.refresh_from_db()
    return answer.content.decode()


def rows(batch: ProductImport) -> list[tuple[str, str, str]]:
    return list(batch.rows.order_by("line", "place").values_list("name", "sku", "url"))


TOLD = {"sheet": "Semicolons", "title": "0", "sku": "1", "photos": ["3", "4"], "tags": "2"}


def test_an_unknown_header_is_mapped_by_hand_with_the_first_rows_before_one(browser: Client) -> None:
    batch, page = choose(browser, OWN)
    assert batch.asks == "columns" and not batch.rows.exists()
    for shown in ("This header is new to us.", "Ware · Becher", "Nr. · 00123", "The first rows", "Vase"):
        assert shown in page, shown
    assert 'value="3" id="id_photos_0" checked' in page and 'value="4" id="id_photos_1" checked' in page
    assert re.search(r'<option value="0" selected>\s*Ware', page), "a good guess is chosen already"
    assert "Import 2 products" in say(browser, batch, **TOLD)
    assert rows(batch) == [("Becher", "00123", A), ("Becher", "00123", B), ("Vase", "7", B)]


def test_the_team_is_not_asked_twice(browser: Client, alice: User, charlie: User) -> None:
    batch, _ = choose(browser, OWN)
    say(browser, batch, **TOLD)
    again, page = choose(browser_of(alice), OWN.replace(b"Becher", b"Tasse"))
    assert again.asks == "" and "Import 2 products" in page and rows(again)[0] == ("Tasse", "00123", A)
    assert choose(browser_of(charlie), OWN)[0].asks == "columns", "what one team said is none of another's"


def test_what_was_said_wrongly_is_said_anew(browser: Client) -> None:
    batch, _ = choose(browser, OWN)
    page = say(browser, batch, **{**TOLD, "title": "2"})
    assert "Read it another way" in page and rows(batch)[0][0] == "Blau"
    say(browser, batch, **TOLD)
    assert rows(batch)[0][0] == "Becher" and KnownHeader.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"title": ""}, "Choose the column with the products’ names."),
        ({"photos": []}, "Choose at least one column with addresses of photos."),
        ({"sku": "99"}, "The file has no such column; choose another."),
    ],
)
def test_what_is_missing_is_said_and_the_file_waits(browser: Client, told: dict[str, Any], sentence: str) -> None:
    batch, _ = choose(browser, OWN)
    assert sentence in say(browser, batch, **{**TOLD, **told})
    assert batch.asks == "columns"


def test_a_list_without_a_header_is_mapped_from_its_first_row_on(browser: Client) -> None:
    batch, page = choose(browser, f"Mug,M-1,{A}\nVase,V-1,{B}\n".encode())
    assert "Column 1 · Mug" in page
    say(browser, batch, sheet="Commas", title="0", sku="1", photos=["2"])
    assert rows(batch) == [("Mug", "M-1", A), ("Vase", "V-1", B)]


def test_an_encoding_is_asked_for_with_how_the_names_read(browser: Client) -> None:
    batch, page = choose(browser, JAPANESE)
    assert batch.asks == "encoding" and not batch.rows.exists()
    assert "琺瑯マグ" in page and page.index("Japanese (Shift JIS)") < page.index("Western European (Windows)")
    assert "Import 1 product" in say(browser, batch, encoding="cp932")
    assert rows(batch) == [("琺瑯マグ", "", A)]
    again, _ = choose(browser, JAPANESE)
    assert (again.asks, again.encoding, rows(again)) == ("", "cp932", rows(batch))


def test_a_wrong_reading_is_corrected_before_the_import(browser: Client) -> None:
    batch, page = choose(browser, f"Name,Image URL\nCafé,{A}\n".encode("cp1252"))
    assert "Read as Western European (Windows)." in page and rows(batch) == [("Café", "", A)]
    say(browser, batch, encoding="cp1251")
    assert rows(batch) == [("Cafй", "", A)]


def test_an_encoding_that_the_file_cannot_have_is_refused(browser: Client) -> None:
    batch, _ = choose(browser, JAPANESE)
    assert "Choose how the file is read." in say(browser, batch, encoding="utf-7")
    assert batch.asks == "encoding"


def test_nothing_is_imported_before_the_answer(creator: Actor, browser: Client) -> None:
    batch, _ = choose(browser, OWN)
    browser.post(f"{PAGE}{batch.id}/start/")
    batch.refresh_from_db()
    assert batch.started_at is None


def test_a_started_import_keeps_no_file_and_is_not_read_anew(browser: Client) -> None:
    batch, _ = choose(browser, b"name,image\nMug,https://cdn.example.com/a.jpg\n")
    browser.post(f"{PAGE}{batch.id}/start/")
    assert not ImportFile.objects.exists()
    say(browser, batch, sheet="Commas", title="1", photos=["0"])
    assert rows(batch)[0][0] == "Mug"


def test_only_so_many_headers_are_remembered(creator: Actor, monkeypatch: pytest.MonkeyPatch, browser: Client) -> None:
    monkeypatch.setattr(previews, "HEADERS_MAX", 2)
    for name in ("Gut", "Ding", "Stück"):
        batch, _ = choose(browser, OWN.replace(b"Ware", name.encode()))
        say(browser, batch, **TOLD)
    assert KnownHeader.objects.count() == 2
    assert choose(browser, OWN.replace(b"Ware", "Stück".encode()))[0].asks == ""


def test_only_creators_of_the_team_say_it(browser: Client, vera: User, charlie: User) -> None:
    batch, _ = choose(browser, OWN)
    assert [browser_of(who).post(f"{PAGE}{batch.id}/read/", TOLD).status_code for who in (vera, charlie)] == [403, 404]
