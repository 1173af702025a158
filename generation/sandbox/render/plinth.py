"""The block under the product: a round drum or a square slab of coloured plaster, stone or wood."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .colour import WHITE
from .floor import PLINTH_STONES
from .framing import Plinth
from .noise import Random, fbm
from .plane import Plane
from .raster import Array, as_array, floats, resized, smoothstep
from .shadow import throw
from .shot import Shot
from .textures import TEXTURES


def plinth_box(shot: Shot, plinth: Plinth) -> tuple[float, float, float]:
    """Row of the top's middle, and the top's and the foot's half height in px."""
    half = plinth.half_width * shot.camera.squash * (1.0 if plinth.round else 0.62)
    low = plinth.half_width * shot.ground.squash * (1.0 if plinth.round else 0.62)
    return shot.camera.base - half * 0.30, half, low


def raise_plinth(random: Random, shot: Shot, plinth: Plinth, picture: Array) -> Array:
    """Paint the plinth and give back the mask (h, w) of its top."""
    middle, top_half, foot_half = plinth_box(shot, plinth)
    top = _outline(shot, plinth, middle, top_half, 0.0, 0.0)
    body = _outline(shot, plinth, middle, top_half, plinth.height, foot_half)
    left, right = int(shot.foot - plinth.half_width) - 2, int(shot.foot + plinth.half_width) + 3
    first, last = int(middle - top_half) - 2, int(middle + plinth.height + foot_half) + 3
    rows, columns = slice(max(0, first), min(shot.height, last)), slice(max(0, left), min(shot.width, right))
    x = (np.arange(columns.start, columns.stop, dtype=np.float32) - np.float32(shot.foot)) / np.float32(
        plinth.half_width
    )
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
    x, y = np.broadcast_arrays(x[None, :], y)
    side, upper = _material(random, shot, plinth, x, y, middle)
    side = side * _side_light(shot, plinth, x, y, middle)[..., None] * shot.light.array
    upper = upper * (1.07 + x * np.float32(0.06 * shot.side))[..., None] * shot.light.array
    rim = smoothstep(2.6, 0.0, np.abs(y - _front_edge(plinth, x, middle, top_half) - 1)) * 0.10
    patch = picture[rows, columns]
    patch += (np.clip(side, 0, 1) - patch) * body[rows, columns, None]
    patch += (np.clip(upper, 0, 1) - patch) * top[rows, columns, None]
    patch += (1 - patch) * (rim * body[rows, columns])[..., None]
    return top


def thrown_by(shot: Shot, plinth: Plinth) -> Array:
    """Darkness 0…1 (h, w) that the plinth throws on the floor: its footprint swept along the light."""
    mask = Image.new("L", (shot.width // 2, shot.height // 2), 0)
    draw = ImageDraw.Draw(mask)
    lean, away = throw(shot)
    if plinth.round:
        turn = np.linspace(0, 2 * np.pi, 48)
        foot = [(float(np.cos(t)), float(np.sin(t))) for t in turn]
    else:
        foot = [(-1.0, -0.62), (1.0, -0.62), (0.9, 0.62), (-0.9, 0.62), (-1.0, -0.62)]
    middle = shot.foot - shot.camera.centre
    depth = (shot.ground.base - plinth_box(shot, plinth)[0] - plinth.height) / shot.ground.squash

    def seen(x: float, z: float, up: float) -> tuple[float, float]:
        column, row = shot.ground.floor_point(
            middle + x * plinth.half_width + lean * up, depth + z * plinth.half_width + away * up
        )
        return column / 2, row / 2

    for (x0, z0), (x1, z1) in itertools.pairwise(foot):
        draw.polygon(
            [seen(x0, z0, 0), seen(x1, z1, 0), seen(x1, z1, plinth.height), seen(x0, z0, plinth.height)], fill=255
        )
    draw.polygon([seen(x, z, 0) for x, z in foot], fill=255)
    soft = (2.0 + (1 - shot.hardness) * 7.0) * shot.width / 1024
    blurred_mask = mask.filter(ImageFilter.GaussianBlur((soft * 1.6, soft * 0.8)))
    return resized(as_array(blurred_mask), shot.width, shot.height)


def _outline(shot: Shot, plinth: Plinth, middle: float, half: float, drop: float, foot_half: float) -> Array:
    """Mask of the top (drop 0) or of the whole body down to its foot, drawn at double size for clean edges."""
    mask = Image.new("L", (shot.width * 2, shot.height * 2), 0)
    draw = ImageDraw.Draw(mask)
    left, right, row = 2 * (shot.foot - plinth.half_width), 2 * (shot.foot + plinth.half_width), 2 * middle
    if plinth.round:
        draw.ellipse((left, row - 2 * half, right, row + 2 * half), fill=255)
        if drop:
            draw.rectangle((left, row, right, row + 2 * drop), fill=255)
            draw.ellipse((left, row + 2 * (drop - foot_half), right, row + 2 * (drop + foot_half)), fill=255)
    else:
        inset = 0.06 * (right - left)
        draw.polygon(
            [
                (left + inset, row - 2 * half),
                (right - inset, row - 2 * half),
                (right, row + 2 * half),
                (left, row + 2 * half),
            ],
            fill=255,
        )
        if drop:
            draw.rectangle((left, row + 2 * half, right, row + 2 * (half + drop)), fill=255)
    return as_array(mask.reduce(2))


def _front_edge(plinth: Plinth, x: Array, middle: float, half: float) -> Array:
    """Row of the top's front edge per column position −1…1."""
    if not plinth.round:
        return np.full_like(x, middle + half)
    return floats(np.float32(middle) + np.float32(half) * np.sqrt(np.clip(1 - x * x, 0, 1)))


def _side_light(shot: Shot, plinth: Plinth, x: Array, y: Array, middle: float) -> Array:
    down = np.clip((y - np.float32(middle)) / np.float32(plinth.height + 1), 0, 1.3)
    if not plinth.round:
        return floats(0.80 + x * np.float32(0.05 * shot.side) - down * 0.12)
    angle = np.arcsin(np.clip(x, -1, 1)) * np.float32(shot.side)
    facing = np.clip(np.cos(angle - 0.75), -0.2, 1)
    return floats(0.50 + 0.44 * facing - down * 0.10)


def _material(random: Random, shot: Shot, plinth: Plinth, x: Array, y: Array, middle: float) -> tuple[Array, Array]:
    """Colour of the side and of the top before light."""
    if shot.surface not in PLINTH_STONES:
        plain = shot.wall.towards(shot.accent, 0.8 if len(shot.brief.colours) > 1 else 0.35).towards(
            WHITE, 0.30 if shot.wall.luma > 0.4 else 0.08
        )
        grain = resized(fbm(random, 256, (6, 6), 6, 0.7), x.shape[1], x.shape[0]) * 0.014
        both = (1 + grain)[..., None] * plain.array
        return both, both
    half = np.float32(plinth.half_width)
    around = np.arcsin(np.clip(x, -1, 1)) * half if plinth.round else x * half
    step = np.ones((x.shape[0], 1), np.float32)
    side = TEXTURES[shot.surface](random, Plane(around, y - np.float32(middle), step), shot.tone)
    squash = np.float32(shot.camera.squash)
    upper = Plane(x * half, (np.float32(middle) - y) / squash, step / squash)
    return side, TEXTURES[shot.surface](random, upper, shot.tone)
