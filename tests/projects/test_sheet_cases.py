"""Small sheets as real people's look, each of which failed once: what they hold is what is imported."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects import imports, previews
from dashboard.projects.models import Product, ProductImport
from tests.conftest import browser_of

A, B = "https://cdn.example.com/a.jpg", "https://cdn.example.com/b.jpg"
CASES: dict[str, tuple[bytes, list[tuple[str, str, int, str]]]] = {
    "etsy": (
        b"TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,SKU\n"
        b'Etsy mug,x,12,EUR,1,"a,b",clay,' + f"{A},{B},ET-1\n".encode(),
        [("Etsy mug", "ET-1", 0, A), ("Etsy mug", "ET-1", 1, B)],
    ),
    "woo": (
        b'ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog","Short description",Description,'
        b'"Regular price",Categories,Tags,"Shipping class",Images,"Download limit",Parent\n'
        b'44,simple,woo-vneck,V-Neck Tee,1,0,visible,,"Text",20,Clothing,"summer, cotton",,"'
        + f'{A}, {B}",,\n'.encode()
        + f'45,simple,woo-cap,Cap,1,0,visible,,"Text",18,Clothing,,,{A},,\n'.encode(),
        [("V-Neck Tee", "woo-vneck", 0, A), ("V-Neck Tee", "woo-vneck", 1, B), ("Cap", "woo-cap", 0, A)],
    ),
    "square": (
        b"Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Product Page,Product URL,"
        b"Title,Description,SKU,Option Name 1,Option Value 1,Price,Tags,Hosted Image URLs\n"
        + f'1,2,PHYSICAL,shop,mug,Sq mug,x,SQ-1,,,12,"a",{A} {B}\n'.encode(),
        [("Sq mug", "SQ-1", 0, A), ("Sq mug", "SQ-1", 1, B)],
    ),
    "bigc": (
        b"Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Product Image File - 1,"
        b"Product Image URL - 1\n" + f"Product,1,Big mug,P,BC-1,mug.jpg,{A}\n".encode(),
        [("Big mug", "BC-1", 0, A)],
    ),
    "amazon": (f"item_sku,item_name,main_image_url\nA-1,Amazon mug,{A}\n".encode(), [("Amazon mug", "A-1", 0, A)]),
    "shop_new": (
        b"Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
        b"Option1 name,Option1 value,Price,Product image URL,Image position,Image alt text,Variant image URL\n"
        b'Camp mug new,camp-mug,<p>x</p>,Northwind,Home,Mug,"a, b",TRUE,Active,NEW-1,,Color,Red,12.00,'
        + f"{A},1,,\n".encode(),
        [("Camp mug new", "NEW-1", 0, A)],
    ),
    "shop_old": (
        b"Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
        b"Variant Grams,Variant Inventory Qty,Variant Price,Image Src,Image Position,Image Alt Text,Gift Card,"
        b"SEO Title,Variant Image,Status\n"
        b'camp-mug,Camp mug,"<p>Line one</p>\r\n<p>Line ""two""</p>",Northwind,Home,Mug,"enamel, camping",true,Color,'
        + f"Red,MUG-R,200,5,12.00,{A},1,Front,false,,{A},active\n".encode()
        + f"camp-mug,,,,,,,,,Blue,MUG-B,200,3,12.00,{B},2,Back,,,{B},\n".encode()
        + f"camp-mug,,,,,,,,,,,,,,{B},3,Side,,,,\n".encode()
        + f"lamp,Desk lamp,,Northwind,Home,Lamp,,true,Title,Default Title,'00123,900,1,49.00,{A},1,,false,,,active\n"
        .encode(),
        [("Camp mug", "MUG-R", 0, A), ("Camp mug", "MUG-R", 1, B), ("Desk lamp", "'00123", 0, A)],
    ),
    "space_in_url": (
        b"Name,Image URL\nA,https://cdn.example.com/my photo 1.jpg\nB,//cdn.example.com/b.jpg\n",
        [("A", "", 0, "https://cdn.example.com/my photo 1.jpg"), ("B", "", 0, B)],
    ),
    "apostrophe": (
        f"Name,SKU,Image URL\n'-Bar Row,'00123,{A}\n".encode(),
        [("'-Bar Row", "'00123", 0, A)],
    ),
    "formula_problem_step1": (
        b'Name,SKU,Image URL\n"=HYPERLINK(""http://evil.example"",""open"")",INJ-1,' + f"{A}\n".encode(),
        [('=HYPERLINK("http://evil.example","open")', "INJ-1", 0, A)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_sheet_is_understood_without_an_error(creator: Actor, name: str) -> None:
    data, rows = CASES[name]
    batch = previews.preview(creator, data=data, filename=f"{name}.csv")
    assert list(batch.rows.order_by("line", "place").values_list("name", "sku", "place", "url")) == rows
    assert not imports.left_out(batch) and batch.asks == ""


def test_excels_japanese_is_asked_for_and_never_taken_for_western(creator: Actor) -> None:
    data = b"Name,Image URL\n\xe0\xe9\xe0\xe5\x83}\x83O," + f"{A}\n".encode()
    batch = previews.preview(creator, data=data, filename="japanese_excel.csv")
    assert (batch.asks, batch.rows.count()) == ("encoding", 0)
    previews.read_again(creator, batch, encoding="cp932", sheet="", told=None)
    assert batch.rows.get().name == "琺瑯マグ"


def test_a_name_that_nobody_sees_is_missing_and_forms_of_one_sku_are_one(creator: Actor) -> None:
    data = f"Name,SKU,Image URL\n\u200b\u200b,S-3,{A}\nCafe\u0301,Caf\u00e9-1,{A}\nCaf\u00e9,Cafe\u0301-1,{A}\n"
    batch = previews.preview(creator, data=data.encode(), filename="zero_width.csv")
    assert [row.message for row in batch.rows.order_by("line")] == [
        "The name is missing.", "", "Line 3 has the SKU Café-1 too.",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.example","open")', "＝cmd", "a;=1+1"])
def test_a_name_like_a_formula_is_text_in_what_is_left_out(creator: Actor, mug: Product, bob: User, name: str) -> None:
    mug.name, mug.sku = name, "INJ-1"
    mug.save()
    browser: Client = browser_of(bob)
    file = SimpleUploadedFile("step2.csv", f"Name,SKU,Image URL\nMug,INJ-1,{A}\n".encode())
    answer: Any = browser.post("/products/import/", {"file": file}, follow=True)
    assert answer.status_code == 200
    left = browser.get(f"/products/import/{ProductImport.objects.get().id}/left-out.csv").content.decode()
    guarded = name.replace('"', '""').replace(";=", ";'=")
    assert f'"{"" if name.startswith("a") else chr(39)}{guarded} has the SKU INJ-1 already."' in left
