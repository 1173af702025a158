"""``/files/<token>``: the signature is the permission."""

import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from generation.media import pictures
from generation.media.folder_storage import FileLink


@pytest.fixture
def shop(client: Client) -> Client:
    for name, data in {"t/display.webp": b"small", "t/original.png": b"large", "t/notes.html": b"<script>"}.items():
        default_storage.save(name, ContentFile(data))
    return client


def test_a_link_is_answered_with_the_file_without_a_session(shop: Client) -> None:
    answer = shop.get(pictures.link("t/display.webp", seconds=600))
    assert (answer.status_code, answer.content) == (200, b"small")
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in answer
    assert "sessionid" not in answer.cookies


def test_the_browser_may_keep_it_as_long_as_the_link_lives(shop: Client) -> None:
    cache = shop.get(pictures.link("t/display.webp", seconds=600))["Cache-Control"]
    assert "private" in cache
    assert 595 <= int(cache.split("max-age=")[1].split(",")[0]) <= 751


def test_what_the_browser_has_is_not_sent_again(shop: Client) -> None:
    url = pictures.link("t/display.webp")
    etag = shop.get(url)["ETag"]
    assert shop.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert shop.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_links_made_within_a_while_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def link_at(moment: float) -> str:
        monkeypatch.setattr(time, "time", lambda: moment)
        return pictures.link("t/display.webp", seconds=4000)

    assert link_at(1_000_001) == link_at(1_000_999)
    assert link_at(1_000_001) != link_at(1_001_001)
    assert FileLink.lasting("x", seconds=4000).seconds_left >= 4000


def test_originals_are_only_ever_downloads(shop: Client) -> None:
    assert shop.get(pictures.link("t/original.png"))["Content-Disposition"] == "attachment"
    named = shop.get(pictures.link("t/original.png", download_as="mug.png"))
    assert named["Content-Disposition"] == 'attachment; filename="mug.png"'


def test_a_file_of_another_kind_is_never_a_page_of_ours(shop: Client) -> None:
    answer = shop.get(pictures.link("t/notes.html"))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/octet-stream", "attachment")


def test_an_expired_link_is_gone(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    url = pictures.link("t/display.webp", seconds=60)
    late = time.time() + 100
    monkeypatch.setattr(time, "time", lambda: late)
    answer = shop.get(url)
    assert answer.status_code == 410
    assert b"expired" in answer.content


def test_a_forged_link_is_not_found(shop: Client) -> None:
    url = pictures.link("t/display.webp")
    for forged in (url[:-1], f"{url}x", "/files/nonsense", url.replace("/files/", "/files/A")):
        assert shop.get(forged).status_code == 404


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "t/../../x", "t/missing.webp", "t", ""])
def test_even_a_signed_path_never_leaves_the_folder(shop: Client, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.key").write_text("secret")
    answer = shop.get(f"/files/{FileLink.lasting(name, seconds=60).token()}")
    assert answer.status_code == 404


def test_only_reading_is_possible(shop: Client) -> None:
    assert shop.post(pictures.link("t/display.webp")).status_code == 405
    assert shop.head(pictures.link("t/display.webp")).content == b""
