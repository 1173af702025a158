"""From solids and materials to the bytes of a product photo."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from dashboard.demo.fields import Array, Field, union
from dashboard.demo.studio import KEY, Material, Spot, linear, shaded, to_pixels
from dashboard.demo.tracing import View, lit, normals, openness, trace

PIXELS = 1200
FINER = 1.5  # pixels are traced this much finer, then averaged
PAPER = "#f3f2ef"


@dataclass(frozen=True)
class Part:
    """A solid; ``printed`` lies on its surface where its paint covers."""

    field: Field
    material: Material
    printed: Sequence[Material] = ()


@dataclass(frozen=True)
class Set:
    """A product before the camera: its parts, and the square of ``width`` units around height ``middle`` seen."""

    parts: Sequence[Part]
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
    outward = normals(field, seen.points)
    open_to = openness(field, seen.points, outward)
    key = lit(field, seen.points + outward * np.float32(0.02), KEY, softness=0.35, steps=10)
    owner = np.argmin(np.stack([part.field(seen.points) for part in scene.parts]), axis=0)
    light = np.zeros_like(seen.points)
    for number, part in enumerate(scene.parts):
        at = np.nonzero(owner == number)[0]
        if at.size:
            light[:, at] = _lit_part(part, Spot(seen.points[:, at], outward[:, at], seen.ways[:, at], open_to[at], key[at]))
    pixels = np.zeros((side, side, 4), np.uint8)
    rows, columns = seen.rows.astype(np.int32), seen.columns.astype(np.int32)
    pixels[rows, columns, :3] = to_pixels(light).T
    pixels[rows, columns, 3] = (seen.cover * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(pixels).resize((PIXELS, PIXELS), Image.Resampling.BOX if FINER == 2 else Image.Resampling.HAMMING)


def _lit_part(part: Part, spot: Spot) -> Array:
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
