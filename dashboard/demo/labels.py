"""Printing on products: labels drawn with Pillow, then laid around a solid."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dashboard.demo.distance_fields import Array
from dashboard.demo.studio import Paint, to_linear

INK = "#2b2a28"


@dataclass(frozen=True)
class LabelLine:
    """A line of print; sizes and positions are parts of the label's height, ``spacing`` of the letters' size."""

    text: str
    at: float
    size: float
    spacing: float = 0.0
    bold: float = 0.0
    colour: str = INK
    x: float = 0.5


def label(
    size: tuple[int, int], paper: str, lines: Sequence[LabelLine], rules: Sequence[tuple[float, float, str]] = ()
) -> Image.Image:
    """An RGBA label. ``rules`` are thin horizontal lines: position, width as a part of the label's, colour."""
    picture = Image.new("RGBA", size, paper)
    draw = ImageDraw.Draw(picture)
    width, height = size
    for at, part, colour in rules:
        y, half = at * height, part * width / 2
        draw.rectangle((width / 2 - half, y, width / 2 + half, y + max(2, height / 240)), fill=colour)
    for line in lines:
        _print(draw, line, width, height)
    return picture


def _print(draw: ImageDraw.ImageDraw, line: LabelLine, width: int, height: int) -> None:
    font = ImageFont.load_default(line.size * height)
    gap = line.spacing * line.size * height
    lengths = [font.getlength(letter) + gap for letter in line.text]
    x = line.x * width - (sum(lengths) - gap) / 2
    stroke = round(line.bold * line.size * height)
    for letter, length in zip(line.text, lengths, strict=True):
        draw.text(
            (x, line.at * height),
            letter,
            fill=line.colour,
            font=font,
            anchor="ls",
            stroke_width=stroke,
            stroke_fill=line.colour,
        )
        x += length


def wrapped(picture: Image.Image, *, low: float, high: float, arc: float, turn: float = 0.0) -> Paint:
    """``picture`` laid around the y axis over ``arc`` degrees from height ``low`` to ``high``."""
    texture = _texture(picture)

    def paint(points: Array, normals: Array, ways: Array) -> Array:
        angle = np.degrees(np.arctan2(points[0], points[2])) - np.float32(turn)
        up = (np.float32(high) - points[1]) / np.float32(high - low)
        return _read(texture, angle / np.float32(arc) + np.float32(0.5), up)

    return paint


def pressed(picture: Image.Image, *, low: float, high: float, half: float) -> Paint:
    """``picture`` printed from the front, over x from -``half`` to ``half``, on what faces the camera."""
    texture = _texture(picture)

    def paint(points: Array, normals: Array, ways: Array) -> Array:
        u = np.where(normals[2] > 0.05, points[0] / np.float32(2 * half) + np.float32(0.5), np.float32(-1))
        return _read(texture, u, (np.float32(high) - points[1]) / np.float32(high - low))

    return paint


def _texture(picture: Image.Image) -> Array:
    """Linear light with alpha, and a clear border that gives the label a soft edge."""
    pixels = np.asarray(picture.convert("RGBA"), np.float32) / np.float32(255)
    whole = np.concatenate([to_linear(pixels[..., :3]), pixels[..., 3:]], axis=2)
    whole[[0, -1], :, 3] = whole[:, [0, -1], 3] = 0
    return whole


def _read(texture: Array, u: Array, v: Array) -> Array:
    """The texture's colours and cover (4, n) where 0 ≤ u, v ≤ 1, bilinear; clear elsewhere."""
    height, width = texture.shape[:2]
    found = np.zeros((4, u.size), np.float32)
    at = np.nonzero((u >= 0) & (u <= 1) & (v >= 0) & (v <= 1))[0]
    x = np.clip(u[at] * width - np.float32(0.5), 0, width - 1.001)
    y = np.clip(v[at] * height - np.float32(0.5), 0, height - 1.001)
    i, j = x.astype(np.int32), y.astype(np.int32)
    across, down = (x - i)[:, None], (y - j)[:, None]
    upper = texture[j, i] * (1 - across) + texture[j, i + 1] * across
    lower = texture[j + 1, i] * (1 - across) + texture[j + 1, i + 1] * across
    found[:, at] = (upper * (1 - down) + lower * down).T
    return found
