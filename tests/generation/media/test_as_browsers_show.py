"""Thumbnails of every kind of picture have the colours that Chromium paints of the original."""

import base64
import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from generation.media.pictures import read_picture
from tests import in_process
from tests.odd_pictures import (
    ADOBE,
    COLOURS,
    LINEAR,
    P3,
    P3_POINTS,
    SIDE,
    SRGB,
    SRGB_POINTS,
    chrm,
    cicp,
    cmyk_profile,
    gama,
    grey,
    grey_profile,
    iccp,
    jpeg,
    patches,
    png,
    without_adobe,
)  # fmt: skip

chromium = in_process.chromium

RUBBISH = (b"iCCP", b"x\0\0" + zlib.compress(b"rubbish" * 40))
SAID = {
    "nothing": [],
    "P3": [iccp(P3)],
    "Adobe RGB": [iccp(ADOBE)],
    "a linear profile": [iccp(LINEAR)],
    "a grey profile": [iccp(grey_profile(1))],
    "a CMYK profile": [iccp(cmyk_profile())],
    "a broken profile": [RUBBISH],
    "gamma 1": [gama(1)],
    "gamma 1, P3": [gama(1), chrm(*P3_POINTS)],
    "gamma 1/2.2": [gama(0.45455)],
    "gamma 1/2.2, sRGB's points": [gama(0.45455), chrm(*SRGB_POINTS)],
    "gamma 0.8, another white": [gama(0.8), chrm(0.3457, 0.3585, *SRGB_POINTS[2:])],
    "gamma 1, points that are none": [gama(1), chrm(0, 0, 0, 0, 0, 0, 0, 0)],
    "gamma 0": [gama(0)],
    "gamma 20,000": [gama(20_000)],
    "points alone": [chrm(*P3_POINTS)],
    "sRGB before gamma": [gama(1), SRGB],
    "a profile before gamma": [gama(1), iccp(P3)],
    "a profile before sRGB": [SRGB, iccp(P3)],
    "gamma after a broken profile": [gama(1), RUBBISH],
    "no gamma after a profile of other channels": [gama(1), iccp(cmyk_profile())],
    "coded P3": [cicp(12, 13)],
    "coded BT.2020": [cicp(9, 13)],
    "coded BT.709": [cicp(1, 1)],
    "coded linear": [cicp(1, 8)],
    "coded gamma 2.8": [cicp(1, 5)],
    "coded before gamma": [cicp(12, 13), gama(1)],
    "coded before a profile": [cicp(1, 13), iccp(P3)],
    "coded as nothing known": [cicp(77, 13)],
}
INKS = [
    (0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0),
    (0, 0, 0, 255), (60, 30, 10, 40), (128, 128, 0, 0), (20, 200, 100, 10),
]  # fmt: skip
PROFILES = {
    "no": None,
    "a P3": P3,
    "an Adobe RGB": ADOBE,
    "a linear": LINEAR,
    "a grey": grey_profile(1),
    "a CMYK": cmyk_profile(),
    "a broken": b"rubbish" * 40,
}


def corpus() -> Iterator[tuple[str, bytes]]:
    colours = patches()
    half = np.where(np.arange(colours.shape[1]) % (2 * SIDE) < SIDE, 255, 128)[None, :, None]
    alpha = np.repeat(half, colours.shape[0], axis=0)
    samples = {
        "colour": colours, "grey": grey(colours), "colour with alpha": np.dstack([colours, alpha]),
        "grey with alpha": np.dstack([grey(colours), alpha]),
    }  # fmt: skip
    numbers = np.kron(np.arange(8).reshape(2, 4, 1), np.ones((SIDE, SIDE, 1), dtype=int))
    palette = (b"PLTE", bytes(value for colour in COLOURS for value in colour))
    holes = (b"tRNS", bytes([255, 255, 128, 0]))
    for kind, values in samples.items():
        yield f"PNG, {kind} of 16 bits", png(values * 257, depth=16)
        yield f"PNG, {kind} of 16 bits, P3", png(values * 257, iccp(P3), depth=16)
    yield "PNG, palette", png(numbers, iccp(P3), palette, palette=True)
    for what, said in SAID.items():
        yield f"PNG, colour, {what}", png(colours, *said)
        yield f"PNG, grey with alpha, {what}", png(samples["grey with alpha"], *said)
        yield f"PNG, grey of 16 bits, {what}", png(grey(colours) * 257, *said, depth=16)
        yield f"PNG, colour with alpha of 16 bits, {what}", png(samples["colour with alpha"] * 257, *said, depth=16)
        yield f"PNG, palette with holes, {what}", png(numbers, *said, palette, holes, palette=True, depth=4)
    for depth in (1, 2, 4):
        yield f"PNG, grey of {depth} bits", png(grey(colours) >> (8 - depth), depth=depth)
        yield f"PNG, grey of {depth} bits, gamma 1", png(grey(colours) >> (8 - depth), gama(1), depth=depth)
    yield "PNG, one grey is a hole", png(grey(colours), (b"tRNS", struct.pack(">H", 64)))
    hole = (b"tRNS", struct.pack(">H", 64 * 257))
    yield "PNG, one grey of 16 bits is a hole", png(grey(colours) * 257, hole, depth=16)
    yield "PNG, one colour is a hole", png(colours, iccp(P3), (b"tRNS", struct.pack(">HHH", *COLOURS[4])))
    photo, inks = Image.fromarray(colours.astype("u1")), Image.fromarray(patches(INKS).astype("u1"), "CMYK")
    for name, profile in PROFILES.items():
        options = {"icc_profile": profile} if profile else {}
        yield f"JPEG, colour, {name} profile", jpeg(photo, **options)
        yield f"JPEG, progressive, {name} profile", jpeg(photo, progressive=True, **options)
        yield f"JPEG, grey, {name} profile", jpeg(photo.convert("L"), **options)
        yield f"JPEG, CMYK, {name} profile", (printed := jpeg(inks, **options))
        yield f"JPEG, CMYK without Adobe's mark, {name} profile", without_adobe(printed)
        yield f"JPEG, YCCK, {name} profile", printed.replace(b"Adobe\0d\0\0\0\0\0", b"Adobe\0d\0\0\0\0\2", 1)
        for kind, values in (("colour", colours), ("colour with alpha", samples["colour with alpha"])):
            for is_lossless in (True, False):
                out = io.BytesIO()
                Image.fromarray(values.astype("u1")).save(out, "WEBP", lossless=is_lossless, quality=95, **options)
                yield f"WebP, {kind}, {'lossless' if is_lossless else 'lossy'}, {name} profile", out.getvalue()
    yield "JPEG, RGB as such", jpeg(photo, keep_rgb=True)


PAINT = """async ([files, side]) => {
    const painted = {};
    for (const [name, base64] of files) {
        const answer = await fetch("data:application/octet-stream;base64," + base64);
        const picture = new Image();
        picture.src = URL.createObjectURL(await answer.blob());
        await picture.decode();
        const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
        const context = canvas.getContext("2d");
        context.drawImage(picture, 0, 0);
        const centres = [...Array(8).keys()].map((at) => [(at % 4 + 0.5) * side, (Math.floor(at / 4) + 0.5) * side]);
        painted[name] = centres.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
    }
    return painted;
}"""


def centres(thumbnail: bytes) -> np.ndarray:
    pixels = np.asarray(Image.open(io.BytesIO(thumbnail)).convert("RGBA")).astype(int)
    return pixels[SIDE // 2 :: SIDE, SIDE // 2 :: SIDE].reshape(8, 4)


def furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference of a value; where a pixel is half to be seen, its colour counts half."""
    off = np.abs(ours - theirs)
    return float(max((off[:, :3] * theirs[:, 3:] / 255).max(), off[:, 3].max()))


@pytest.mark.timeout(120)
def test_thumbnails_have_the_colours_that_chromium_paints(chromium: Browser) -> None:
    files = dict(corpus())
    page = chromium.new_page()
    sent = [[name, base64.b64encode(data).decode()] for name, data in files.items()]
    painted = {name: np.array(pixels) for name, pixels in page.evaluate(PAINT, [sent, SIDE]).items()}
    page.close()
    thumbnails = {name: read_picture(data, max_bytes=len(data)).thumbnail for name, data in files.items()}
    off = {name: furthest(centres(thumbnail), painted[name]) for name, thumbnail in thumbnails.items()}
    assert {name: by for name, by in off.items() if by > 3} == {}
    assert len(files) > 200
