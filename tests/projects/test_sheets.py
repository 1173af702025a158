"""Sheets as people really have them: rows of products, whatever program wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.projects.sheets import SheetPhoto, SheetRow, write
from dashboard.projects.tables import FILE_MAX_BYTES, ROWS_MAX, SheetRefused
from tests.projects.reading import products_in, read

MUG = (SheetPhoto("https://example.com/mug.jpg"),)
PLAIN = 'name,SKU,image URL,tags\nCafé mug,M-1,https://example.com/mug.jpg,"outdoor, enamel"\n'
EXPECTED = [SheetRow(2, "Café mug", "M-1", MUG, ("outdoor", "enamel"))]

GOOD = {
    "utf-8": PLAIN.encode(),
    "utf-8 with a mark": PLAIN.encode("utf-8-sig"),
    "utf-16 with a mark": PLAIN.encode("utf-16"),
    "utf-16 big endian": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16 without a mark": PLAIN.encode("utf-16-le"),
    "the windows code page": PLAIN.encode("cp1252"),
    "semicolons": b'Title;Sku;Image_URL;Keywords\r\n"Caf\xe9 mug";M-1;https://example.com/mug.jpg;outdoor|enamel\r\n',
    "tabs": "TITLE\tVariant SKU\tImage Src\tTags\nCafé mug\tM-1\thttps://example.com/mug.jpg\toutdoor;enamel\n".encode(),
    "bars": "Name|SKU|Image|Tags\nCafé mug|M-1|https://example.com/mug.jpg|outdoor,enamel\n".encode(),
    "another order, more columns": (
        "URL,Handle,Tags,Price,SKU,Image URL,Name\n"
        'https://shop.example/mug,mug,"outdoor,enamel",9,M-1,https://example.com/mug.jpg,Café mug\n'
    ).encode(),
    "line ends of old": PLAIN.replace("\n", "\r").encode(),
    "empty columns at the end": PLAIN.replace("\n", ",,,\n").encode(),
    "a header that comes twice": (
        'Name,Name,SKU,Image URL,Tags,Tags\nCafé mug,,M-1,https://example.com/mug.jpg,"outdoor, enamel",x\n'
    ).encode(),
    "no scheme": PLAIN.replace("https://", "//").encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_the_row_is_read_whatever_program_wrote_the_file(name: str) -> None:
    assert products_in(GOOD[name]) == EXPECTED


BAD = {
    "nothing": (b"", "The file is empty."),
    "only blanks": (b"\xef\xbb\xbf \r\n\r\n", "The file is empty."),
    "one column": (b"Mug\nVase\n", "No columns can be told apart in this file."),
    "only a header": (b"name,image\n\n,\n", "The file has a header, but no rows below it."),
    "NUL bytes": (b"name,image\nM\0ug,x\n", "The file holds bytes that are not text."),
    "a photo": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "The file holds bytes that are not text."),
    "an open quote": (b'name,image\nA,x\n"Mug,x\nB,y\n', "The row that begins on line 3 has a quotation mark"),
    "a stray quote": (b'name,image\n"Mug" x,y\n', "The row that begins on line 2 has a quotation mark"),
    "an endless cell": (b"name,image\n" + b"x" * 200_000 + b",y\n", "line 2 has a cell of more than 131,072"),
    "too many rows": (b"name,image\n" + b"M,x\n" * (ROWS_MAX + 1), "more than 20,000 rows"),
    "too many bytes": (b"x" * (FILE_MAX_BYTES + 1), "larger than 10 MB"),
    "too many photos": (
        b"name,image\n" + b"".join(b"M,%s\n" % b" ".join(b"//a/%d.jpg" % n for n in range(20)) for _ in range(1001)),
        "more than 20,000 photos",
    ),
    "a PDF": (b"%PDF-1.7\n", "This is a PDF, not a sheet."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_of_which_nothing_can_be_used_gets_one_sentence(name: str) -> None:
    data, sentence = BAD[name]
    with pytest.raises(SheetRefused) as refused:
        products_in(data)
    assert sentence in str(refused.value)


def test_as_many_rows_as_fit_are_read() -> None:
    assert len(products_in(b"name,image\n" + b"M,x\n" * ROWS_MAX)) == ROWS_MAX


def test_lines_are_counted_through_quoted_breaks_and_empty_rows() -> None:
    rows = products_in(b'sep=;\r\nname;image\r\n"Camp\r\n""Field"" mug";x\r\n\r\n;;\r\nVase;y\r\n')
    assert [(row.line, row.name) for row in rows] == [(3, 'Camp "Field" mug'), (7, "Vase")]


def test_the_header_may_stand_below_lines_of_a_template() -> None:
    told, sheet = read(
        b"TemplateType=home,Version=2026\nSKU,Title,Photo\nitem_sku,item_name,main_image_url\nA,B,//c/d\n"
    )
    assert (told.shop, sheet.rows) == ("Amazon", (SheetRow(4, "B", "A", (SheetPhoto("https://c/d"),)),))


def test_a_short_row_lacks_what_it_lacks() -> None:
    assert products_in(b"name,image,tags\nMug\n") == [SheetRow(2, "Mug")]


FURTHER = (*MUG, SheetPhoto("https://example.com/back.jpg"))


def test_what_is_written_is_read_again_and_no_spreadsheet_runs_it() -> None:
    row = SheetRow(2, "=1+2", "-7", FURTHER, ("@home", "a b"), product="prod_1")
    text = write([(row, "The server answered 404.")])
    assert """"'=1+2","'-7",""" in text and '2,"The server answered 404."' in text
    assert products_in(text.encode()) == [row]


def test_an_apostrophe_that_stood_in_the_data_stays_there() -> None:
    assert products_in(b"name,image\n'=1+2,x\n")[0].name == "'=1+2", "nobody guarded a file that is not ours"
    row = SheetRow(2, "'=1+2", "'-7", MUG, ("'@home",))
    assert products_in(write([(row, "The server answered 404.")]).encode()) == [row]


words = st.text(alphabet="='\"+-@＝－;:ab\u00e9 ", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(words.filter(bool), words), min_size=1, max_size=4))
def test_every_name_and_sku_survives_the_way_out_and_in(texts: list[tuple[str, str]]) -> None:
    rows = [SheetRow(2, name, sku, MUG) for name, sku in texts]
    back = products_in(write((row, "The server answered 404.") for row in rows).encode())
    assert [(row.name, row.sku) for row in back] == texts
