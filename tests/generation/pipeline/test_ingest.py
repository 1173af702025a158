"""Pictures are paid for: whatever the provider delivers is kept, and shown as far as it can be."""

import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image as Pillow
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation import tasks
from generation.credits import ledger
from generation.media import pictures
from generation.models import Image, Job, JobState
from generation.pipeline import ingest, jobs
from tests.generation.conftest import completed
from tests.pictures import photo

Deliver = Callable[..., Image]


def saved(format: str, *, colour: str = "red", **options: Any) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (64, 48), colour).save(out, format, **options)
    return out.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)
PAGE = b"<!DOCTYPE html><title>Sign in to the network</title>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\0\0\0\0" + bytes(40)
CUT = photo(size=(800, 600))


def grain() -> bytes:
    """A PNG of some size: white with grains."""
    pixels = np.random.default_rng(1).integers(244, 255, (300, 400, 3), dtype="u1")
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def rendered(claimed: Job, httpserver: HTTPServer, settings: Any) -> Job:
    """A job whose one picture is at the provider's ``/picture``."""
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")  # where pictures may come from this machine
    begun = jobs.begin_attempt(claimed)
    assert begun is not None
    jobs.accepted(begun[0], provider_job_id="job_abc123xyz")
    answer = completed(httpserver.url_for("/sandbox/files/picture"), num_images=1)
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(answer)
    Job.objects.filter(pk=claimed.pk).update(num_images=1)
    return claimed


@pytest.fixture
def deliver(rendered: Job, httpserver: HTTPServer) -> Deliver:
    """Let the provider send ``bodies`` in turn, the last again and again, until its picture is stored."""

    def run(*bodies: bytes | Response, tries: int = 30) -> Image:
        left: Iterator[bytes | Response] = itertools.chain(bodies, itertools.repeat(bodies[-1]))

        def answer(_: Request) -> Response:
            body = next(left)
            return body if isinstance(body, Response) else Response(body, content_type="image/jpeg")

        httpserver.expect_request("/sandbox/files/picture").respond_with_handler(answer)
        tasks.settle_job(rendered.id)
        for _ in range(tries):
            image = Image.objects.get(job=rendered)
            if image.stored_at:
                break
            tasks.store_picture(image.id)
        return Image.objects.get(job=rendered)

    return run


def fetches(httpserver: HTTPServer) -> int:
    return sum(request.path == "/sandbox/files/picture" for request, _ in httpserver.log)


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        pytest.param(HEIC, "image/heic", id="HEIC"),
        pytest.param(photo()[:300], "image/jpeg", id="a JPEG without pixels"),
        pytest.param(photo(format="WEBP")[:300], "image/webp", id="a WebP that is cut off"),
        pytest.param(HUGE, "image/png", id="four gigapixels"),
        pytest.param(saved("TIFF"), "image/tiff", id="TIFF"),
        pytest.param(b"\x00\x01\x02 rubbish", "", id="rubbish"),
    ],
)
def test_what_cannot_be_decoded_is_kept_as_it_came_after_a_second_look(
    deliver: Deliver, rendered: Job, httpserver: HTTPServer, data: bytes, mime: str
) -> None:
    image = deliver(data)
    rendered.refresh_from_db()
    assert (image.flaw, image.mime, image.size) == ("undecodable", mime, len(data))
    assert (image.display, image.thumbnail, image.thumb_hash) == ("", "", "")
    assert (image.width, image.height) == (64, 48), "what the provider said"
    assert image.original.endswith("/original.bin") and pictures.read(image.original) == data
    assert rendered.state == JobState.COMPLETED and rendered.due_at is None
    assert fetches(httpserver) == 2
    assert ledger.left(team_id=rendered.team_id) == 95


@pytest.mark.parametrize("format", ["AVIF", "GIF"])
def test_formats_that_photos_may_not_have_are_shown_all_the_same(deliver: Deliver, format: str) -> None:
    data = saved(format)
    image = deliver(data)
    assert (image.flaw, image.mime, image.width, image.height) == ("", f"image/{format.lower()}", 64, 48)
    assert pictures.read(image.original) == data
    assert default_storage.exists(image.thumbnail)


def test_the_first_frame_stands_for_an_animation(deliver: Deliver) -> None:
    frames = [Pillow.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    image = deliver(out.getvalue())
    red, _, blue = Pillow.open(io.BytesIO(pictures.read(image.thumbnail))).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert (image.flaw, red > 200, blue < 50) == ("", True, True)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param(CUT[: len(CUT) // 2], (800, 600), id="JPEG"),
        pytest.param(saved("JPEG", progressive=True, colour="white")[:-80], (64, 48), id="progressive JPEG"),
        pytest.param(grain()[:-60_000], (400, 300), id="PNG"),
    ],
)
def test_a_picture_that_is_cut_off_is_shown_as_far_as_it_goes(
    deliver: Deliver, data: bytes, size: tuple[int, int]
) -> None:
    image = deliver(data)
    assert (image.flaw, (image.width, image.height)) == ("incomplete", size)
    shown = Pillow.open(io.BytesIO(pictures.read(image.thumbnail))).convert("RGB")
    assert min(shown.getpixel((20, 20))) > 230  # type: ignore[arg-type,type-var]
    assert pictures.read(image.original) == data


def test_a_picture_that_was_damaged_on_its_way_is_fetched_again(deliver: Deliver, httpserver: HTTPServer) -> None:
    image = deliver(CUT[:5000], b"rubbish", CUT)
    assert (image.flaw, fetches(httpserver)) == ("", 3)


def test_a_picture_that_comes_otherwise_each_time_is_kept_in_the_end(deliver: Deliver, httpserver: HTTPServer) -> None:
    image = deliver(*(b"rubbish %d" % number for number in range(20)))
    assert (image.flaw, fetches(httpserver)) == ("undecodable", ingest.DOUBTED + 1)


@pytest.mark.parametrize(
    ("data", "flaw"),
    [(PAGE, "undecodable"), (SVG, "undecodable"), (b'{"error": "busy"}', "undecodable"), (b"", "empty")],
    ids=["HTML", "SVG", "JSON", "nothing"],
)
def test_a_server_out_of_order_has_a_quarter_of_an_hour(
    deliver: Deliver, rendered: Job, httpserver: HTTPServer, data: bytes, flaw: str
) -> None:
    image = deliver(data)
    rendered.refresh_from_db()
    assert (image.flaw, bool(image.original), image.size) == (flaw, bool(data), len(data))
    assert fetches(httpserver) == ingest.TRIES + 1
    assert rendered.state == JobState.COMPLETED


def test_a_page_instead_of_a_picture_costs_only_time(deliver: Deliver, httpserver: HTTPServer) -> None:
    image = deliver(*[PAGE] * 8, CUT)
    assert (image.flaw, fetches(httpserver)) == ("", 9)


def test_a_file_that_is_too_large_to_keep_is_not_fetched_again(
    deliver: Deliver, rendered: Job, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "PICTURE_MAX_BYTES", 1000)
    image = deliver(CUT)
    rendered.refresh_from_db()
    assert (image.flaw, image.original, fetches(httpserver)) == ("too_large", "", 1)
    assert rendered.state == JobState.COMPLETED


def test_a_fault_of_the_way_decides_nothing(deliver: Deliver, httpserver: HTTPServer) -> None:
    image = deliver(b"rubbish", Response("busy", status=503), Response("gone", status=404), CUT)
    assert (image.flaw, fetches(httpserver)) == ("", 4)
