"""The product library and a product's page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product
from tests.conftest import browser_of
from tests.pictures import photo


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def shown(browser: Client, query: str = "") -> list[str]:
    return [row.name for row in browser.get(f"/products/{query}").context["page"].rows]


def test_the_newest_product_is_first(browser: Client, mug: Product, creator: Actor) -> None:
    add_product(creator, photo=photo(), filename="vase.jpg")
    assert shown(browser) == ["Vase", "Camp mug"]


@pytest.mark.parametrize("words", ["camp", "MUG-01", "outdoor", "mug outdoor"])
def test_search_looks_at_name_sku_and_tags(browser: Client, mug: Product, creator: Actor, words: str) -> None:
    mug.sku, mug.tags = "MUG-01", ["outdoor"]
    mug.save()
    add_product(creator, photo=photo(), filename="vase.jpg")
    assert shown(browser, f"?q={words}") == ["Camp mug"]


def test_a_search_without_hits_says_so(browser: Client, mug: Product) -> None:
    assert "No product matches" in browser.get("/products/?q=lamp").content.decode()


def test_the_library_is_paged(browser: Client, mug: Product, team: object) -> None:
    Product.objects.bulk_create(Product(team=mug.team, name=f"P{n}", asset=mug.asset) for n in range(60))
    assert len(shown(browser)) == 60
    next_url = browser.get("/products/").context["page"].next_url
    more = browser.get(f"/products/{next_url}", headers={"HX-Request": "true"})
    assert more.content.decode().count("data-product=") == 1
    assert "<html" not in more.content.decode()


def test_many_products_take_no_more_queries(
    browser: Client, mug: Product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Product.objects.bulk_create(Product(team=mug.team, name=f"P{n}", asset=mug.asset) for n in range(50))
    with django_assert_max_num_queries(20):
        browser.get("/products/")


def test_details_are_edited_and_written_down(browser: Client, mug: Product) -> None:
    browser.post(f"/products/{mug.id}/", {"name": "Field mug", "sku": "M-2", "tags": "enamel,  out door , enamel,"})
    mug.refresh_from_db()
    assert (mug.name, mug.sku, mug.tags) == ("Field mug", "M-2", ["enamel", "out door"])
    event = AuditEvent.objects.get(action="product.edited")
    assert event.before["name"] == "Camp mug" and event.after["name"] == "Field mug"


def test_a_name_is_required_and_the_rest_is_kept(browser: Client, mug: Product) -> None:
    answer = browser.post(f"/products/{mug.id}/", {"name": " ", "sku": "M-2", "tags": "enamel"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the product a name." in html and 'value="M-2"' in html and 'value="enamel"' in html
    mug.refresh_from_db()
    assert mug.name == "Camp mug"


def test_archiving_can_be_undone(browser: Client, mug: Product) -> None:
    browser.post(f"/products/{mug.id}/archive/", {"away": "yes"})
    assert shown(browser) == [] and shown(browser, "?archived") == ["Camp mug"]
    browser.post(f"/products/{mug.id}/archive/", {"away": "no"})
    assert shown(browser) == ["Camp mug"]


def test_a_viewer_looks_but_does_not_change(vera: User, mug: Product) -> None:
    viewer = browser_of(vera)
    html = viewer.get(f"/products/{mug.id}/").content.decode()
    assert "Camp mug" in html and ">Save<" not in html and "Archive this product" not in html
    assert "data-upload=" not in viewer.get("/products/").content.decode()
    for url in (f"/products/{mug.id}/", f"/products/{mug.id}/archive/", "/products/upload/"):
        assert viewer.post(url, {"name": "Mine"}).status_code == 403, url


def test_another_teams_products_are_404(charlie: User, mug: Product) -> None:
    outsider = browser_of(charlie)
    assert outsider.get(f"/products/{mug.id}/").status_code == 404
    assert outsider.post(f"/products/{mug.id}/", {"name": "Mine"}).status_code == 404
    assert outsider.post(f"/products/{mug.id}/archive/").status_code == 404
    assert shown(outsider) == []


def test_a_tag_narrows_and_is_taken_away_again(browser: Client, mug: Product, creator: Actor) -> None:
    add_product(creator, photo=photo(), filename="vase.jpg", tags=["café", "home"])
    add_product(creator, photo=photo(), filename="cup.jpg", tags=["café au lait"])
    assert shown(browser, "?tag=café") == ["Vase"] and shown(browser, "?q=café") == ["Cup", "Vase"]
    chips = {chip["label"]: chip["href"] for chip in browser.get("/products/?tag=café&q=va").context["chips"]}
    assert shown(browser, chips["café"]) == ["Vase"] and "tag=&" in chips["café"] + "&"
    assert shown(browser, chips["home"]) == ["Vase"]


@pytest.mark.parametrize("query", ["?before=%00", "?before=x'y", "?q=%00", "?tag=%00", "?tag=%22", "?q=%25_"])
def test_a_strange_address_is_no_error(browser: Client, mug: Product, query: str) -> None:
    assert browser.get(f"/products/{query}").status_code == 200
