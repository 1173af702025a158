"""Addresses of photos as they stand in cells."""

import pytest

from dashboard.projects.checks import wrong_with_address
from dashboard.projects.photo_addresses import split, whole

A, B = "https://cdn.example.com/a.jpg", "https://cdn.example.com/b.jpg"


@pytest.mark.parametrize(
    "cell",
    [f"{A}, {B}", f"{A},{B}", f"{A} {B}", f"{A};{B}", f"{A} | {B}", f"{A}\n{B}", f"{A}\r\n\r\n{B},", f'["{A}", "{B}"]',
     f"{A}, //cdn.example.com/b.jpg", f"{A}, {B}, {A}"],
)  # fmt: skip
def test_a_cell_may_hold_several_addresses(cell: str) -> None:
    assert split(cell) == [A, B]


@pytest.mark.parametrize(
    "address",
    ["https://cdn.example.com/my photo 1.jpg", "https://res.example.com/w_100,h_100,c_fill/a.jpg",
     "https://cdn.example.com/a;b.jpg", "https://cdn.example.com/fetch/https://b.example/a.jpg",
     "https://cdn.example.com/花 瓶.jpg"],
)  # fmt: skip
def test_signs_inside_an_address_are_its_own(address: str) -> None:
    assert split(f"{address}, {B}") == [address, B]
    assert wrong_with_address(address) == ""


@pytest.mark.parametrize(
    "text", ["//cdn.example.com/a.jpg", "cdn.example.com/a.jpg", " https://cdn.example.com/a.jpg "]
)
def test_a_beginning_that_people_leave_out_is_added(text: str) -> None:
    assert whole(text) == A


DRIVE = "https://drive.google.com/uc?export=download&id=1bo3oWnBgND0XjyJHJakYAFupzZToPcE1"


@pytest.mark.parametrize(
    ("shared", "file"),
    [
        ("https://drive.google.com/file/d/1bo3oWnBgND0XjyJHJakYAFupzZToPcE1/view?usp=sharing", DRIVE),
        ("https://drive.google.com/open?usp=x&id=1bo3oWnBgND0XjyJHJakYAFupzZToPcE1", DRIVE),
        (DRIVE, DRIVE),
        ("https://www.dropbox.com/s/uj/Logo%20a.jpg?dl=0", "https://www.dropbox.com/s/uj/Logo%20a.jpg?raw=1"),
        ("https://www.dropbox.com/scl/fi/a/b.jpg?rlkey=x&dl=0", "https://www.dropbox.com/scl/fi/a/b.jpg?rlkey=x&raw=1"),
        ("https://www.dropbox.com/s/uj/a.jpg?dl=0&raw=1", "https://www.dropbox.com/s/uj/a.jpg?raw=1"),
    ],
)
def test_a_link_for_sharing_leads_to_its_file(shared: str, file: str) -> None:
    assert split(shared) == [file]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mug.jpg", "“mug.jpg” lacks the server’s name."),
        ("/m/u/mug.jpg", "“/m/u/mug.jpg” lacks the server’s name."),
        (r"C:\Photos\mug.jpg", "is a file on a computer; upload it instead."),
        ("data:image/png;base64,AAAA", "the picture itself is in the cell; upload it instead."),
        ("see the folder", "it begins with https://."),
        ("ftp://example.com/mug.jpg", "it begins with https://."),
    ],
)
def test_what_is_no_address_is_told_why(text: str, sentence: str) -> None:
    (url,) = split(text)
    assert sentence in wrong_with_address(url)
