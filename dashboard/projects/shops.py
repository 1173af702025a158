"""What shops call the columns of their product exports, as data.

Headers are written as :func:`key` makes them: without case, spaces and signs. Each shop names where its headers were
read on 30 November 2026. Numbered columns (``image1``, ``image2``…) are named once, without their number.
"""

import re
import unicodedata
from dataclasses import dataclass

_ASIDE = re.compile(r"\[[^\]]*\]|#\d+[\w.]*$")
"""What Squarespace and Amazon add to a name: ``[Non Editable]``, ``[language_tag=en_US]#1.value``."""


def key(header: str) -> str:
    """A header as it is compared: ``Image URL`` and ``image_url`` are the same."""
    return re.sub(r"[\W_]+", "", _ASIDE.sub("", unicodedata.normalize("NFKC", header))).casefold()


@dataclass(frozen=True, kw_only=True)
class Shop:
    """An export's columns. Several names of a kind are in the order of preference."""

    name: str
    source: str
    """Where its headers were read."""
    signature: tuple[str, ...]
    """Headers that are all there, and in no other shop's export."""
    title: tuple[str, ...]
    sku: tuple[str, ...]
    photos: tuple[str, ...]
    """Every one of them that is there, in this order."""
    tags: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    """Rows with the same value are one product."""
    parent: tuple[str, ...] = ()
    """Names the SKU, or ``id:`` and the id, of the product whose variant the row is."""
    id: tuple[str, ...] = ()
    """What ``parent`` names after ``id:``."""
    variant: tuple[str, ...] = ()
    """What tells a variant from the others."""
    variant_photos: tuple[str, ...] = ()
    """Those of ``photos`` that show one variant."""
    alt: tuple[str, ...] = ()
    """What a photo shows."""
    follows: bool = False
    """Whether a row without a name belongs to the product above it."""
    media: str = ""
    """Where names of files lead that the export gives without an address."""


SHOPS = (
    Shop(
        name="Shopify",
        source="help.shopify.com/en/manual/products/import-export/using-csv, before its names changed in 2025",
        signature=("handle", "title", "imagesrc"),
        title=("title",),
        sku=("variantsku",),
        photos=("imagesrc", "variantimage"),
        variant_photos=("variantimage",),
        tags=("tags",),
        group=("handle",),
        variant=("option1value", "option2value", "option3value"),
        alt=("imagealttext",),
    ),
    Shop(
        name="Shopify",
        source="help.shopify.com/en/manual/products/import-export/using-csv",
        signature=("title", "urlhandle", "productimageurl"),
        title=("title",),
        sku=("sku",),
        photos=("productimageurl", "variantimageurl"),
        variant_photos=("variantimageurl",),
        tags=("tags",),
        group=("urlhandle",),
        variant=("option1value", "option2value", "option3value"),
        alt=("imagealttext",),
    ),
    Shop(
        name="WooCommerce",
        source="github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema",
        signature=("type", "name", "images", "visibilityincatalog"),
        title=("name",),
        sku=("sku",),
        photos=("images",),
        tags=("tags",),
        parent=("parent",),
        id=("id",),
        variant=("attribute1values", "attribute2values", "attribute3values"),
    ),
    Shop(
        name="Etsy",
        source="the shop manager's “Download your listings”",
        signature=("title", "currencycode", "image1"),
        title=("title",),
        sku=("sku",),
        photos=("image",),
        tags=("tags",),
    ),
    Shop(
        name="Squarespace",
        source="support.squarespace.com, “Exporting products”",
        signature=("productid", "variantid", "title", "hostedimageurls"),
        title=("title",),
        sku=("sku",),
        photos=("hostedimageurls",),
        tags=("tags",),
        group=("productid",),
        variant=("optionvalue1", "optionvalue2", "optionvalue3"),
        follows=True,
    ),
    Shop(
        name="BigCommerce",
        source="support.bigcommerce.com, “Importing and Exporting Products (v2)”, template Bulk Edit",
        signature=("itemtype", "productname", "productcodesku"),
        title=("productname",),
        sku=("productcodesku",),
        photos=("productimageurl",),
        tags=("searchkeywords", "productsearchkeywords"),
        alt=("productimagedescription1",),
        follows=True,
    ),
    Shop(
        name="BigCommerce",
        source="support.bigcommerce.com/articles/en_US/Knowledge/Supported-Product-Fields",
        signature=("item", "name", "internalimageurlexport"),
        title=("name",),
        sku=("sku",),
        photos=("internalimageurlexport", "imageurlimport", "variantimageurl"),
        variant_photos=("variantimageurl",),
        tags=("searchkeywords",),
        variant=("options",),
        alt=("imagedescription",),
        follows=True,
    ),
    Shop(
        name="Wix",
        source="support.wix.com, “Wix Stores: Exporting and Importing Products”, classic catalogue",
        signature=("handleid", "fieldtype", "productimageurl"),
        title=("name",),
        sku=("sku",),
        photos=("productimageurl",),
        group=("handleid",),
        variant=("productoptiondescription1", "productoptiondescription2", "productoptiondescription3"),
        media="https://static.wixstatic.com/media/",
    ),
    Shop(
        name="Wix",
        source="support.wix.com, “Wix Stores: Importing Products from Another eCommerce Platform”",
        signature=("handle", "fieldtype", "name", "media"),
        title=("name",),
        sku=("sku",),
        photos=("media",),
        group=("handle",),
        variant=("productoptionchoices1", "productoptionchoices2", "productoptionchoices3"),
        alt=("mediaalttext",),
        media="https://static.wixstatic.com/media/",
    ),
    Shop(
        name="PrestaShop",
        source="docs/csv_import/products_import.csv in github.com/PrestaShop/PrestaShop",
        signature=("name", "reference", "imageurlsxyz"),
        title=("name",),
        sku=("reference",),
        photos=("imageurlsxyz",),
        tags=("tagsxyz",),
        alt=("imagealttextsxyz",),
    ),
    Shop(
        name="PrestaShop",
        source="ProductCsvExporter in github.com/PrestaShop/PrestaShop, the catalogue's “Export”",
        signature=("productid", "image", "name", "reference", "pricetaxexcl"),
        title=("name",),
        sku=("reference",),
        photos=("image",),
    ),
    Shop(
        name="Magento",
        source="experienceleague.adobe.com, “Product attribute data in CSV files”",
        signature=("sku", "name", "baseimage", "producttype"),
        title=("name",),
        sku=("sku",),
        photos=("baseimage", "additionalimages"),
        group=("sku",),
        alt=("baseimagelabel",),
    ),
    Shop(
        name="Amazon",
        source="sellercentral.amazon.com, inventory file templates",
        signature=("itemsku", "itemname", "mainimageurl"),
        title=("itemname",),
        sku=("itemsku",),
        photos=("mainimageurl", "otherimageurl"),
        tags=("generickeywords",),
        parent=("parentsku",),
        variant=("colorname", "sizename", "stylename"),
    ),
    Shop(
        name="Amazon",
        source="sellercentral.amazon.com, product type templates",
        signature=("contributionsku", "itemname", "mainproductimagelocator"),
        title=("itemname",),
        sku=("contributionsku",),
        photos=("mainproductimagelocator", "otherproductimagelocator"),
        parent=("childparentskurelationship", "parentsku"),
        variant=("color", "size", "style"),
    ),
    Shop(
        name="Amazon",
        source="developer-docs.amazon.com, report GET_MERCHANT_LISTINGS_ALL_DATA",
        signature=("itemname", "sellersku", "imageurl"),
        title=("itemname",),
        sku=("sellersku",),
        photos=("imageurl",),
    ),
    Shop(
        name="Saleor",
        source="saleor/csv/utils/__init__.py in github.com/saleor/saleor",
        signature=("name", "productmedia"),
        title=("name",),
        sku=("variantsku",),
        photos=("productmedia", "variantmedia"),
        variant_photos=("variantmedia",),
        group=("id", "name"),
    ),
    Shop(
        name="Google Merchant",
        source="support.google.com/merchants/answer/7052112",
        signature=("id", "title", "imagelink"),
        title=("title",),
        sku=("id",),
        photos=("imagelink", "additionalimagelink"),
        group=("itemgroupid",),
        variant=("color", "size", "material", "pattern"),
    ),
)
"""The surest are found by their signatures; where several fit, the one with the longest."""

PLAIN = {
    "title": (
        *("name", "productname", "title", "producttitle", "product", "itemname"),
        *("produktname", "artikelname", "bezeichnung", "nom", "nombre", "nome", "naam", "nazwa", "название", "商品名"),
    ),
    "sku": (
        *("sku", "variantsku", "productsku", "articlenumber", "itemnumber", "article", "reference"),
        *("artikelnummer", "artikelnr", "artnr", "ugs", "référence", "referencia", "артикул", "商品コード", "品番"),
    ),
    "photos": (
        *("imageurl", "imageurls", "imagesrc", "imagelink", "image", "images", "mainimage", "mainimageurl"),
        *("photourl", "photourls", "photo", "photos", "pictureurl", "picture", "pictures"),
        *(
            "bildurl",
            "bild",
            "bilder",
            "imagen",
            "imágenes",
            "immagine",
            "afbeelding",
            "画像url",
            "画像",
            "url",
            "link",
        ),
    ),
    "tags": ("tags", "tag", "keywords", "labels", "schlagwörter", "étiquettes", "etiquetas"),
}
"""Headers of lists that people keep themselves, the surer ones first."""
FURTHER = ("furtherimageurls", "furtherimages", "additionalimages", "additionalimagelink", "additionalimageurls")
"""Further photos of such a list."""
