"""CSV files as people really have them."""

import pytest

from dashboard.projects.sheets import FILE_MAX_BYTES, ROWS_MAX, SheetRefused, SheetRow, read, write

PLAIN = 'name,SKU,image URL,tags\nCafé mug,M-1,https://example.com/mug.jpg,"outdoor, enamel"\n'
EXPECTED = [SheetRow(2, "Café mug", "M-1", "https://example.com/mug.jpg", ("outdoor", "enamel"))]

GOOD = {
    "utf-8": PLAIN.encode(),
    "utf-8 with a mark": PLAIN.encode("utf-8-sig"),
    "utf-16 with a mark": PLAIN.encode("utf-16"),
    "utf-16 big endian": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "the windows code page": PLAIN.encode("cp1252"),
    "semicolons": b'Title;Sku;Image_URL;Keywords\r\n"Caf\xe9 mug";M-1;https://example.com/mug.jpg;outdoor|enamel\r\n',
    "tabs": "TITLE\tVariant SKU\tImage Src\tTags\nCafé mug\tM-1\thttps://example.com/mug.jpg\toutdoor;enamel\n".encode(),
    "another order, more columns": (
        "URL,Handle,Tags,Price,SKU,Image URL,Name\n"
        'https://shop.example/mug,mug,"outdoor,enamel",9,M-1,https://example.com/mug.jpg,Café mug\n'
    ).encode(),
    "line ends of old": PLAIN.replace("\n", "\r").encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_the_row_is_read_whatever_program_wrote_the_file(name: str) -> None:
    assert read(GOOD[name]) == EXPECTED


BAD = {
    "nothing": (b"", "The file is empty."),
    "only blanks": (b"\xef\xbb\xbf \r\n\r\n", "The file is empty."),
    "no header": (b"Mug,M-1,https://example.com/mug.jpg\n", "The first line does not name the columns."),
    "no name column": (b"sku,image\n1,https://example.com/a.jpg\n", "No column is called name."),
    "no image column": (b"name,sku\nMug,1\n", "No column is called image URL."),
    "only a header": (b"name,image\n\n,\n", "The file has a header, but no rows below it."),
    "NUL bytes": (b"name,image\nM\0ug,x\n", "The file holds bytes that are not text."),
    "a photo": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "The file holds bytes that are not text."),
    "a workbook": (b"PK\x03\x04whatever", "This is a workbook, not a CSV file."),
    "an open quote": (b'name,image\nA,x\n"Mug,x\nB,y\n', "The row that begins on line 3 has a quotation mark"),
    "a stray quote": (b'name,image\n"Mug" x,y\n', "The row that begins on line 2 has a quotation mark"),
    "an endless cell": (b"name,image\n" + b"x" * 200_000 + b",y\n", "The row that begins on line 2"),
    "too many rows": (b"name,image\n" + b"M,x\n" * (ROWS_MAX + 1), "more than 5,000 rows"),
    "too many bytes": (b"x" * (FILE_MAX_BYTES + 1), "larger than 5 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_of_which_nothing_can_be_used_gets_one_sentence(name: str) -> None:
    data, sentence = BAD[name]
    with pytest.raises(SheetRefused) as refused:
        read(data)
    assert sentence in str(refused.value)


def test_as_many_rows_as_fit_are_read() -> None:
    assert len(read(b"name,image\n" + b"M,x\n" * ROWS_MAX)) == ROWS_MAX


def test_lines_are_counted_through_quoted_breaks_and_empty_rows() -> None:
    rows = read(b'sep=;\r\nname;image\r\n"Camp\r\n""Field"" mug";x\r\n\r\n;;\r\nVase;y\r\n')
    assert [(row.line, row.name) for row in rows] == [(3, 'Camp "Field" mug'), (7, "Vase")]


def test_a_short_row_lacks_what_it_lacks() -> None:
    assert read(b"name,image,tags\nMug\n") == [SheetRow(2, "Mug")]


def test_what_is_written_is_read_again_and_no_spreadsheet_runs_it() -> None:
    row = SheetRow(2, "=1+2", "-7", "https://example.com/a.jpg", ("@home", "a b"))
    text = write([(row, "The server answered 404.")])
    assert """"'=1+2","'-7",""" in text and '2,"The server answered 404."' in text
    assert read(text.encode()) == [row]


def test_an_apostrophe_that_stood_in_the_data_stays_there() -> None:
    assert read(b"name,image\n'=1+2,x\n")[0].name == "'=1+2", "nobody guarded a file that is not ours"
    row = SheetRow(2, "'=1+2", "'-7", "https://example.com/a.jpg", ("'@home",))
    assert read(write([(row, "The server answered 404.")]).encode()) == [row]
