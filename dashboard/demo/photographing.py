"""From solids and materials to the bytes of a product photo."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from dashboard.demo.distance_fields import Array, Field, union
from dashboard.demo.studio import KEY, Material, Spot, linear, shaded, to_pixels
from dashboard.demo.tracing import Seen, View, lit, openness, trace

PIXELS = 1200
FINER = 1.25  # pixels are traced this much finer, then averaged
COARSE = 4  # side of the squares of fine pixels that share a sample of soft light
PAPER = "#f3f2ef"


@dataclass(frozen=True)
class SolidPart:
    """A solid; ``printed`` lies on its surface where its paint covers."""

    field: Field
    material: Material
    printed: Sequence[Material] = ()


@dataclass(frozen=True)
class Set:
    """A product before the camera: its parts, and the square of ``width`` units around height ``middle`` seen."""

    parts: Sequence[SolidPart]
    width: float
    middle: float
    height: float = 3.4


def cut_out(scene: Set) -> bytes:
    """A PNG of the product alone, on nothing."""
    return _encoded(_product(scene, _whole(scene)), "PNG", compress_level=4)


def on_paper(scene: Set) -> bytes:
    """A JPEG of the product on a sweep of off-white paper, with its shadow."""
    field = _whole(scene)
    product = _product(scene, field)
    picture = _paper(scene, field).convert("RGBA")
    picture.alpha_composite(product)
    return _encoded(picture.convert("RGB"), "JPEG", quality=91, subsampling=0)


def _encoded(picture: Image.Image, format: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def _whole(scene: Set) -> Field:
    return union(*(part.field for part in scene.parts))


def _view(scene: Set, pixels: int) -> View:
    return View(pixels, scene.width, scene.middle, scene.height)


def _product(scene: Set, field: Field) -> Image.Image:
    side = int(PIXELS * FINER)
    seen = trace(_view(scene, side), field)
    open_to, key = _light(field, seen, side)
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[seen.rows, seen.columns, 3] = (seen.cover * 255 + 0.5).astype(np.uint8)
    for at in seen.parts():
        spot = Spot(seen.points[:, at], seen.normals[:, at], seen.ways[:, at], open_to[at], key[at])
        pixels[seen.rows[at], seen.columns[at], :3] = to_pixels(_lit(scene.parts, spot)).T
    return Image.fromarray(pixels).resize((PIXELS, PIXELS), Image.Resampling.HAMMING)


def _light(field: Field, seen: Seen, side: int) -> tuple[Array, Array]:
    """How open each pixel's point is and how much key light it gets, from one sample in each small square of pixels."""
    across = -(-side // COARSE)
    cells = seen.rows // COARSE * across + seen.columns // COARSE
    found, chosen = np.unique(cells, return_index=True)
    points, outward = seen.points[:, chosen], seen.normals[:, chosen]
    samples = (
        openness(field, points, outward),
        lit(field, points + outward * np.float32(0.02), KEY, softness=0.35, steps=10),
    )
    there = np.zeros(across * across, np.float32)
    there[found] = 1
    weight = _smooth(there, across, side)
    smooth = []
    for sample in samples:
        there[found] = sample
        spread = _smooth(there, across, side) / np.maximum(weight, 1e-3)
        smooth.append(spread[seen.rows, seen.columns].astype(np.float32))
    return smooth[0], smooth[1]


def _smooth(values: Array, across: int, side: int) -> Array:
    picture = Image.fromarray(values.reshape(across, across))
    whole = picture.resize((across * COARSE, across * COARSE), Image.Resampling.BILINEAR)
    return np.asarray(whole)[:side, :side]


def _lit(parts: Sequence[SolidPart], spot: Spot) -> Array:
    """Linear light (3, n) of the points, each shaded as the part that it lies on."""
    owner = np.argmin(np.stack([part.field(spot.points) for part in parts]), axis=0)
    light = np.zeros_like(spot.points)
    for number, part in enumerate(parts):
        at = np.nonzero(owner == number)[0]
        if at.size:
            light[:, at] = _lit_part(part, spot.at(at))
    return light


def _lit_part(part: SolidPart, spot: Spot) -> Array:
    light = shaded(part.material, part.material.paint(*spot.seen), spot)
    for layer in part.printed:
        paint = layer.paint(*spot.seen)
        light += (shaded(layer, paint[:3], spot) - light) * paint[3]
    return light


def _paper(scene: Set, field: Field) -> Image.Image:
    """The sweep: a floor that fades into the background, darkened where the product takes its light."""
    side = 160
    view = _view(scene, side)
    rows, columns = (axis.ravel().astype(np.float32) + np.float32(0.5) for axis in np.mgrid[0:side, 0:side])
    eye, ways = view.rays(rows, columns)
    depth = np.where(ways[1] < -1e-3, -eye[1] / np.minimum(ways[1], -1e-3), 1e3).astype(np.float32)
    near = (eye + ways * depth)[2] > -5
    floor = (eye + ways[:, near] * depth[near]).astype(np.float32)
    floor[1] = 0.004
    up = np.array([[0], [1], [0]], np.float32)
    contact = openness(field, floor, np.broadcast_to(up, floor.shape), reaches=(0.12, 0.4, 1.0))
    shadow = lit(field, floor, KEY, softness=0.30) * np.float32(0.34) + np.float32(0.66)
    left = np.ones(side * side, np.float32)
    left[near] = shadow * (np.float32(0.36) + np.float32(0.64) * contact)
    across = (columns / side - 0.45) ** 2 + (rows / side - 0.42) ** 2
    light = linear(PAPER) * left * (1 - np.float32(0.22) * across)
    picture = Image.fromarray(to_pixels(light).T.reshape(side, side, 3))
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    return picture.resize((PIXELS, PIXELS), Image.Resampling.BICUBIC)
