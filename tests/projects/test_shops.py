"""Exports of shops, with the headers that they have: a product of the shop is a product here, with all its photos."""

import pytest

from dashboard.projects.sheets import SheetPhoto, SheetRow
from dashboard.projects.shops import SHOPS
from tests.projects.reading import read

A, B, C = (SheetPhoto(f"https://cdn.example.com/{name}.jpg") for name in "abc")
MEDIA = "https://static.wixstatic.com/media/"
WIX = [f"11062b_{digit * 32}~mv2.jpg" for digit in "12"]


def noted(photo: SheetPhoto, note: str) -> SheetPhoto:
    return SheetPhoto(photo.url, note)


EXPORTS: dict[str, tuple[str, str, list[SheetRow]]] = {
    "Shopify before 2025": (
        "Shopify",
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
        "Variant Price,Image Src,Image Position,Image Alt Text,Gift Card,Variant Image,Status\n"
        'camp-mug,Camp mug,"<p>One</p>\r\n<p>""two""</p>",N,Home,Mug,"enamel, camping",true,Color,Red,MUG-R,12.00,'
        "https://cdn.example.com/a.jpg,1,Camp mug,false,https://cdn.example.com/a.jpg,active\n"
        "camp-mug,,,,,,,,,Blue,MUG-B,12.00,https://cdn.example.com/b.jpg,2,,,https://cdn.example.com/b.jpg,\n"
        "camp-mug,,,,,,,,,,,,https://cdn.example.com/c.jpg,3,Side,,,\n"
        "lamp,Desk lamp,,N,Home,Lamp,,true,Title,Default Title,'00123,49.00,https://cdn.example.com/a.jpg,1,,false,,\n",
        [
            SheetRow(2, "Camp mug", "MUG-R", (noted(A, "Red"), noted(B, "Blue · MUG-B"), noted(C, "Side")),
                     ("enamel", "camping")),
            SheetRow(6, "Desk lamp", "'00123", (A,)),
        ],
    ),
    "Shopify": (
        "Shopify",
        "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
        "Option1 name,Option1 value,Price,Product image URL,Image position,Image alt text,Variant image URL\n"
        'Mug,mug,<p>x</p>,N,Home,Mug,"a, b",TRUE,Active,N-1,,Size,S,12,https://cdn.example.com/a.jpg,1,,'
        "https://cdn.example.com/a.jpg\n"
        ",mug,,,,,,,,N-2,,,M,12,https://cdn.example.com/b.jpg,2,Back,https://cdn.example.com/a.jpg\n",
        [SheetRow(2, "Mug", "N-1", (A, noted(B, "Back")), ("a", "b"))],
    ),
    "WooCommerce": (
        "WooCommerce",
        'ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog","Short description",Description,Tags,Images,'
        'Parent,"Attribute 1 name","Attribute 1 value(s)"\n'
        '44,variable,tee,Tee,1,0,visible,,x,"summer, cotton","https://cdn.example.com/a.jpg, '
        'https://cdn.example.com/b.jpg",,Color,"Red, Blue"\n'
        "45,simple,cap,Cap,1,0,visible,,x,,https://cdn.example.com/a.jpg,,,\n"
        "46,variation,tee-b,Tee - Blue,1,0,visible,,,,https://cdn.example.com/c.jpg,id:44,Color,Blue\n"
        "47,variation,tee-r,Tee - Red,1,0,visible,,,,,tee,Color,Red\n",
        [
            SheetRow(2, "Tee", "tee", (A, B, noted(C, "Blue · tee-b")), ("summer", "cotton")),
            SheetRow(3, "Cap", "cap", (A,)),
        ],
    ),
    "Etsy": (
        "Etsy",
        "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,IMAGE3,VARIATION 1 TYPE,SKU\n"
        'Mug,x,12,EUR,1,"a,b",clay,https://cdn.example.com/a.jpg,https://cdn.example.com/b.jpg,,Color,"ET-1,ET-2"\n',
        [SheetRow(2, "Mug", "ET-1", (A, B), ("a", "b"))],
    ),
    "Squarespace": (
        "Squarespace",
        "Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Product Page,Product URL,"
        "Title,Description,SKU,Option Name 1,Option Value 1,Price,Tags,Hosted Image URLs\n"
        '1,2,PHYSICAL,shop,mug,Mug,x,SQ-1,Size,S,12,"a",https://cdn.example.com/a.jpg https://cdn.example.com/b.jpg\n'
        ",3,,,,,,SQ-2,,L,14,,\n",
        [SheetRow(2, "Mug", "SQ-1", (A, B), ("a",))],
    ),
    "BigCommerce, bulk edit": (
        "BigCommerce",
        "Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Product Image File - 1,Product Image URL - 1,"
        "Product Image URL - 2\n"
        "Product,1,Mug,P,BC-1,mug.jpg,https://cdn.example.com/a.jpg,https://cdn.example.com/b.jpg\n"
        "SKU,,,,BC-1-RED,,,\n",
        [SheetRow(2, "Mug", "BC-1", (A, B))],
    ),
    "BigCommerce": (
        "BigCommerce",
        "Item,ID,Name,Type,SKU,Options,Search Keywords,Variant Image URL,Internal Image URL (Export),"
        "Image URL (Import),Image Description,Image is Thumbnail\n"
        "Product,1,Mug,physical,BC-1,,clay,,,,,\n"
        "Variant,2,,,BC-1-RED,Red,,https://cdn.example.com/c.jpg,,,,\n"
        "Image,3,,,,,,,https://cdn.example.com/a.jpg,,Front,TRUE\n"
        "Product,4,Cup,physical,BC-2,,,,,,,\n"
        "Image,5,,,,,,,https://cdn.example.com/b.jpg,,,TRUE\n",
        [
            SheetRow(2, "Mug", "BC-1", (noted(C, "Red · BC-1-RED"), noted(A, "Front")), ("clay",)),
            SheetRow(5, "Cup", "BC-2", (B,)),
        ],
    ),
    "Wix, classic": (
        "Wix",
        "handleId,fieldType,name,description,productImageUrl,collection,sku,ribbon,price,productOptionDescription1\n"
        f"tee,Product,Tee,x,{WIX[0]};{WIX[1]},c,TEE,,20,Small;Large\n"
        "tee,Variant,,,,,TEE-S,,,Small\n",
        [SheetRow(2, "Tee", "TEE", tuple(SheetPhoto(MEDIA + name) for name in WIX))],
    ),
    "Wix": (
        "Wix",
        "handle,fieldType,name,visible,plainDescription,media,mediaAltText,ribbon,brand,price,sku\n"
        "tee,PRODUCT,Tee,TRUE,x,,,,,20,TEE\n"
        "tee,MEDIA,,,,https://cdn.example.com/a.jpg,Front,,,,\n"
        "tee,MEDIA,,,,https://cdn.example.com/b.jpg,,,,,\n",
        [SheetRow(2, "Tee", "TEE", (noted(A, "Front"), B))],
    ),
    "PrestaShop, import file": (
        "PrestaShop",
        "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Reference #;Tags (x,y,z...);"
        "Image URLs (x,y,z...);Image alt texts (x,y,z...)\n"
        "1;1;Mug;Home;12;PS-1;a,b;https://cdn.example.com/a.jpg,https://cdn.example.com/b.jpg;\n",
        [SheetRow(2, "Mug", "PS-1", (A, B), ("a", "b"))],
    ),
    "PrestaShop": (
        "PrestaShop",
        '"Product ID";Image;Name;Reference;Category;"Price (tax excl.)";"Price (tax incl.)";Quantity;Status;Position\n'
        "1;https://cdn.example.com/a.jpg;Mug;PS-1;Home;12;14;5;1;1\n",
        [SheetRow(2, "Mug", "PS-1", (A,))],
    ),
    "Magento": (
        "Magento",
        "sku,store_view_code,attribute_set_code,product_type,categories,name,base_image,base_image_label,"
        "additional_images\n"
        'MG-1,,Default,simple,Home,Mug,https://cdn.example.com/a.jpg,,"https://cdn.example.com/a.jpg,'
        'https://cdn.example.com/b.jpg"\n'
        "MG-1,de,Default,simple,,Becher,,,\n",
        [SheetRow(2, "Mug", "MG-1", (A, B))],
    ),
    "Amazon, inventory file": (
        "Amazon",
        "item_sku\titem_name\tmain_image_url\tother_image_url1\tparent_child\tparent_sku\tcolor_name\n"
        "P-1\tMug\t\t\tParent\t\t\n"
        "A-1\tMug, red\thttps://cdn.example.com/a.jpg\thttps://cdn.example.com/b.jpg\tChild\tP-1\tRed\n",
        [SheetRow(2, "Mug", "P-1", (noted(A, "Red · A-1"), noted(B, "Red · A-1")))],
    ),
    "Amazon": (
        "Amazon",
        "contribution_sku#1.value,item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value,"
        "main_product_image_locator[marketplace_id=ATVPDKIKX0DER]#1.media_location,"
        "other_product_image_locator_1[marketplace_id=ATVPDKIKX0DER]#1.media_location\n"
        "A-1,Mug,https://cdn.example.com/a.jpg,https://cdn.example.com/b.jpg\n",
        [SheetRow(2, "Mug", "A-1", (A, B))],
    ),
    "Amazon, listings report": (
        "Amazon",
        "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\timage-url\tasin1\n"
        "Mug\tx\tL1\tA-1\t12\t1\t2026-01-01\thttps://cdn.example.com/a.jpg\tB0\n",
        [SheetRow(2, "Mug", "A-1", (A,))],
    ),
    "Saleor": (
        "Saleor",
        "id,name,description,category,product type,product media,variant id,variant sku,variant media\n"
        'UHJv,Mug,x,home,mug,"https://cdn.example.com/a.jpg, https://cdn.example.com/b.jpg",V1,SA-1,\n'
        'UHJv,Mug,x,home,mug,"https://cdn.example.com/a.jpg, https://cdn.example.com/b.jpg",V2,SA-2,'
        "https://cdn.example.com/b.jpg\n",
        [SheetRow(2, "Mug", "SA-1", (A, noted(B, "SA-2")))],
    ),
    "Google Merchant": (
        "Google Merchant",
        "id\ttitle\tdescription\tlink\timage link\tadditional image link\titem group id\tcolor\n"
        "G-1\tMug\tx\thttps://shop.example/mug\thttps://cdn.example.com/a.jpg\thttps://cdn.example.com/b.jpg,"
        "https://cdn.example.com/c.jpg\t\t\n",
        [SheetRow(2, "Mug", "G-1", (A, B, C))],
    ),
}  # fmt: skip


def test_every_shop_has_an_export_here() -> None:
    assert {shop.name for shop in SHOPS} == {shop for shop, _, _ in EXPORTS.values()}
    assert len(EXPORTS) == len(SHOPS)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_understood_as_it_is(name: str) -> None:
    shop, text, rows = EXPORTS[name]
    told, sheet = read(text.encode())
    assert (told.shop, list(sheet.rows)) == (shop, rows)


def test_variants_with_skus_of_their_own_are_said_in_one_line() -> None:
    assert read(EXPORTS["Shopify"][1].encode())[1].notes == (
        "1 variant has an own SKU: a variant’s photos go to its product, which keeps the SKU of its first row.",
    )


def test_every_picture_of_a_variant_comes_with_it() -> None:
    text = (
        "ID,Type,SKU,Name,Visibility in catalog,Images,Parent,Attribute 1 value(s)\n"
        f"1,variable,kurta,Kurta,visible,{A.url},,\n"
        f'2,variation,kurta-b,Kurta - Blue,visible,"{B.url}, {C.url}",kurta,Blue\n'
    )
    (row,) = read(text.encode())[1].rows
    assert row.photos == (A, noted(B, "Blue · kurta-b"), noted(C, "Blue · kurta-b"))


def test_photos_beyond_what_a_product_has_are_said_in_one_line() -> None:
    text = f"name,images\nMug,{' '.join(f'//a.example/{n}.jpg' for n in range(23))}\n"
    _, sheet = read(text.encode())
    assert (len(sheet.rows[0].photos), sheet.notes) == (20, ("3 photos left away: a product has at most 20.",))
