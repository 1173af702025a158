"""A CSV file becomes products: looked at first, then row by row in the background."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.projects import imports, previews, tasks
from dashboard.projects.models import ImportRow, Product, ProductImport
from generation.models import Asset
from tests.conftest import browser_of
from tests.names import Names
from tests.pictures import photo
from tests.projects.reading import products_in

PAGE = "/products/import/"


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def shop(httpserver: HTTPServer, settings: Any) -> Iterator[HTTPServer]:
    """A shop's pictures, on an address that counts as our own and so may be private."""
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/mug.jpg").respond_with_data(photo())
    httpserver.expect_request("/files/vase.jpg").respond_with_data(photo(colour="#aa3300"))
    httpserver.expect_request("/files/gone.jpg").respond_with_data(status=404)
    httpserver.expect_request("/files/words.jpg").respond_with_data(b"just words")
    yield httpserver


def chosen(browser: Client, data: bytes, name: str = "spring.csv") -> Any:
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, data)}, follow=True)


def table(shop: HTTPServer, *rows: str) -> bytes:
    """Rows as ``name|sku|file|tags``."""
    lines = ["name;sku;image;tags"]
    for row in rows:
        name, sku, file, tags = row.split("|")
        lines.append(";".join([name, sku, shop.url_for(f"/files/{file}") if file else "", tags]))
    return "\n".join(lines).encode()


def started(acting: Actor, data: bytes) -> ProductImport:
    batch = previews.preview(acting, data=data, filename="spring.csv")
    imports.start(acting, batch)
    return batch


def states(batch: ProductImport) -> dict[str, str]:
    return dict(batch.rows.values_list("name", "state"))


def test_the_preview_names_the_bad_rows_and_imports_nothing(browser: Client, mug: Product, shop: HTTPServer) -> None:
    mug.sku = "M-1"
    mug.save()
    data = table(shop, "Vase|V-1|vase.jpg|home", "|X|mug.jpg|", "Cup|m-1|mug.jpg|", "Jug|v-1|mug.jpg|", "Pot|||")
    html = chosen(browser, data).content.decode()
    for said in ("The name is missing.", "Camp mug has the SKU m-1 already.", "Line 2 has the SKU v-1 too.",
                 "The image URL is missing.", "Import 1 product", "spring.csv"):  # fmt: skip
        assert said in html, said
    assert Product.objects.count() == 1 and not imports.due()


ADDRESSES = {
    "mug.jpg": "The image URL is not a whole web address",
    "ftp://example.com/mug.jpg": "The image URL is not a whole web address",
    "https://[": "The image URL is not a whole web address",
    "http://10.0.0.1/mug.jpg": "The image URL is not on the public internet.",
    "http://localhost/mug.jpg": "The image URL is not on the public internet.",
    f"https://example.com/{'x' * 2000}": "The image URL has 2020 characters; at most 2000 fit.",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_of_no_use_is_named_before_the_import(creator: Actor, url: str) -> None:
    batch = previews.preview(creator, data=f"name,image\nMug,{url}\n".encode(), filename="a.csv")
    row = batch.rows.get()
    assert (row.state, row.message[:30]) == (ImportRow.State.BAD, ADDRESSES[url][:30])


def test_what_is_too_long_is_named_and_cut_for_showing(creator: Actor) -> None:
    tags = "|".join(f"t{n}" for n in range(21))
    data = f"name,sku,image,tags\n{'n' * 121},{'s' * 61},https://example.com/a.jpg,{tags}\n".encode()
    row = previews.preview(creator, data=data, filename="a.csv").rows.get()
    assert row.message == (
        "The name has 121 characters; at most 120 fit. The SKU has 61 characters; at most 60 fit. "
        "A product has at most 20 tags of 40 characters each."
    )
    assert len(row.name) == 120


def test_good_rows_become_products_and_the_others_say_why_not(
    browser: Client, creator: Actor, shop: HTTPServer
) -> None:
    data = table(
        shop, "Mug|M-1|mug.jpg|outdoor, enamel", "Cup|C-1|mug.jpg|", "Gone||gone.jpg|", "Words||words.jpg|", "|B-1||"
    )
    page = chosen(browser, data)
    batch = ProductImport.objects.get()
    browser.post(f"{PAGE}{batch.id}/start/")
    (batch_id,) = imports.due()
    tasks.import_rows(batch_id)
    assert states(batch) == {"Mug": "done", "Cup": "done", "Gone": "failed", "Words": "failed", "": "bad"}
    made = Product.objects.get(sku="M-1")
    assert (made.name, made.tags, Asset.objects.count()) == ("Mug", ["outdoor", "enamel"], 1)
    html = browser.get(page.redirect_chain[-1][0]).content.decode()
    for said in (
        "Imported: 2 products, 3 rows left out.",
        "The server answered 404.",
        "This is not a JPEG, PNG or WebP picture.",
    ):
        assert said in html, said
    assert AuditEvent.objects.get(action="import.started").after == {"file": "spring.csv", "products": 4}
    assert AuditEvent.objects.filter(action="product.added", user=creator.user).count() == 2


def test_rows_that_were_left_out_come_as_a_file_to_mend(browser: Client, creator: Actor, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|", "Gone|G-1|gone.jpg|a, b", "|N-1|mug.jpg|"))
    tasks.import_rows(batch.id)
    answer = browser.get(f"{PAGE}{batch.id}/left-out.csv")
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    rows = products_in(answer.content)
    assert [(row.name, row.sku, row.tags) for row in rows] == [("Gone", "G-1", ("a", "b")), ("", "N-1", ())]
    assert "The server answered 404." in answer.content.decode()


def test_progress_fetches_itself_until_the_last_row(browser: Client, creator: Actor, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    before = browser.get(f"{PAGE}{batch.id}/progress/").content.decode()
    assert "0 of 1 rows" in before and "every 2s" in before and "<html" not in before
    tasks.import_rows(batch.id)
    after = browser.get(f"{PAGE}{batch.id}/progress/").content.decode()
    assert "Imported: 1 product." in after and "every 2s" not in after


def test_starting_twice_imports_once(creator: Actor, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    tasks.import_rows(batch.id)
    imports.start(creator, batch)
    assert not imports.due()
    assert AuditEvent.objects.filter(action="import.started").count() == 1


def test_a_server_out_of_breath_is_asked_again_later(creator: Actor, shop: HTTPServer) -> None:
    shop.expect_ordered_request("/files/slow.jpg").respond_with_data(status=503)
    shop.expect_ordered_request("/files/slow.jpg").respond_with_data(photo())
    batch = started(creator, table(shop, "Mug||slow.jpg|"))
    tasks.import_rows(batch.id)
    row = batch.rows.get()
    assert row.state == "waiting" and "503" in row.message and not imports.due()
    with time_machine.travel(timezone.now() + imports.GAPS[0] + timedelta(seconds=1)):
        tasks.import_rows(batch.id)
    row.refresh_from_db()
    assert (row.state, row.message) == ("done", "")


def test_a_server_that_never_answers_is_given_up(creator: Actor, shop: HTTPServer) -> None:
    shop.expect_request("/files/down.jpg").respond_with_data(status=503)
    batch = started(creator, table(shop, "Mug||down.jpg|"))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(len(imports.GAPS) + 1):
            tasks.import_rows(batch.id)
            clock.shift(max(imports.GAPS) + timedelta(seconds=1))
        assert not imports.due()
    row = batch.rows.get()
    assert (row.state, row.message, row.tries) == ("failed", "The server answered 503.", 4)


def test_a_killed_workers_row_is_taken_up_again_and_made_once(creator: Actor, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    claimed = imports.next_row(batch.id)  # whoever claimed it dies, or is only slow
    assert claimed and imports.next_row(batch.id) is None
    with time_machine.travel(timezone.now() + imports.LEASE + timedelta(seconds=1)):
        tasks.import_rows(batch.id)
        assert states(batch) == {"Mug": "done"}
        imports.work(claimed)  # it was only slow
    assert Product.objects.count() == 1


def test_a_row_that_kills_every_worker_is_given_up(creator: Actor, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    batch.rows.update(tries=4)
    tasks.import_rows(batch.id)
    assert batch.rows.get().message == "The import broke off at this row several times."


def test_a_sku_that_was_taken_meanwhile_stays_unique(creator: Actor, mug: Product, shop: HTTPServer) -> None:
    batch = started(creator, table(shop, "Vase|M-1|vase.jpg|"))
    mug.sku = "m-1"
    mug.save()
    tasks.import_rows(batch.id)
    assert batch.rows.get().message == "Camp mug has the SKU M-1 already."
    assert Product.objects.count() == 1


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_no_longer_add_products_imports_none(
    creator: Actor, bob: User, shop: HTTPServer, role: Role | None
) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    membership = Membership.objects.filter(user=bob)
    if role is None:
        membership.delete()
    else:
        membership.update(role=role)
    tasks.import_rows(batch.id)
    assert "may no longer add products" in batch.rows.get().message
    assert not Product.objects.exists()


def test_a_private_address_behind_a_name_is_refused_when_it_is_fetched(
    creator: Actor, httpserver: HTTPServer, names: Names
) -> None:
    names.stand("shop.example", ["127.0.0.1"])
    batch = started(creator, f"name,image\nMug,http://shop.example:{httpserver.port}/a.jpg\n".encode())
    batch.rows.update(tries=3)
    tasks.import_rows(batch.id)
    assert batch.rows.get().state == "failed" and httpserver.log == []


def test_a_file_of_fifty_megabytes_is_refused_unread(browser: Client) -> None:
    class Unread:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("The file was read.")

        readline = read

    boundary = "multipart/form-data; boundary=x"
    answer = browser.generic(
        "POST", PAGE, content_type=boundary, CONTENT_LENGTH=str(50 * 1024 * 1024), **{"wsgi.input": Unread()}
    )
    assert answer.status_code == 422
    assert "The file is larger than 10 MB." in answer.content.decode()
    assert not ProductImport.objects.exists()


def test_the_form_needs_its_token(bob: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    assert strict.post(PAGE, {"file": SimpleUploadedFile("a.csv", b"name,image\nMug,x")}).status_code == 403


def test_a_refused_file_is_said_beside_the_field(browser: Client) -> None:
    answer = chosen(browser, b"nothing of use")
    assert answer.status_code == 422 and "No columns can be told apart in this file." in answer.content.decode()
    assert "Choose a file first." in browser.post(PAGE).content.decode()
    assert "The file is empty." in chosen(browser, b"").content.decode()


def test_the_beat_looks_for_imports(creator: Actor, shop: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = started(creator, table(shop, "Mug||mug.jpg|"))
    sent = []
    monkeypatch.setattr(tasks.import_rows, "apply_async", lambda args, **options: sent.append(args))
    tasks.look_for_imports()
    assert sent == [(batch.id,)] * tasks.LANES


def test_five_thousand_rows_take_no_more_queries(
    browser: Client, creator: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"P{n},https://example.com/{n}.jpg\n" for n in range(5000))
    with django_assert_max_num_queries(90):
        batch = previews.preview(creator, data=f"name,image\n{rows}".encode(), filename="a.csv")
    with django_assert_max_num_queries(20):
        html = browser.get(f"{PAGE}{batch.id}/").content.decode()
    assert "Import 5,000 products" in html and html.count("<tr>") == 101


def test_only_creators_of_the_team_import(vera: User, charlie: User, creator: Actor, team: Team) -> None:
    batch = previews.preview(creator, data=b"name,image\nMug,https://example.com/a.jpg\n", filename="a.csv")
    pages = [PAGE, *(f"{PAGE}{batch.id}/{rest}" for rest in ("", "progress/", "left-out.csv"))]
    assert [browser_of(vera).get(url).status_code for url in pages] == [403] * 4
    assert [browser_of(charlie).get(url).status_code for url in pages] == [200, 404, 404, 404]
    assert browser_of(vera).post(f"{PAGE}{batch.id}/start/").status_code == 403
    assert browser_of(charlie).post(f"{PAGE}{batch.id}/start/").status_code == 404
    batch.refresh_from_db()
    assert batch.started_at is None
