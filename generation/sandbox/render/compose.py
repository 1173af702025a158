"""Putting the shot together, from the back to the front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .backdrops import BACKDROPS
from .backdrops.wall import patterned
from .cutout import Cutout
from .floor import floor_surface, gloss_of, lay_floor
from .framing import Plinth
from .light import mirror_into, relit
from .noise import Random, fbm
from .plinth import plinth_box, raise_plinth, thrown_by
from .product import CutProduct, placed
from .props import strewn
from .rail import hang_on_rail
from .raster import Array, floats, resized
from .shadow import cast_on_floor, cast_on_wall, contact, darken
from .shot import Shot

SHADE = np.array([0.20, 0.21, 0.25], np.float32)


def composed(random: Random, shot: Shot, cutout: Cutout) -> Array:
    """The ungraded picture (h, w, 3)."""
    left, top, width, height = shot.box
    product = placed(cutout, width, height, left, top)
    if shot.stance == "stands" and floor_surface(shot) in ("sand", "snow", "grass"):
        product = _sunk(random, product)
    picture = _scene(random, shot)
    strewn(random, shot, picture)
    if shot.stance == "lies":
        darken(picture, cast_on_wall(shot, product, 0.055 * max(width, height)), _strength(shot), SHADE)
    elif shot.stance == "hangs":
        hang_on_rail(shot, product, picture)
        if not shot.place.open_air:
            darken(picture, cast_on_wall(shot, product, 0.07 * max(width, height)), _strength(shot) * 0.85, SHADE)
    elif not shot.adrift:
        _ground(random, shot, product, picture)
    lit = relit(shot, product, picture)
    if shot.stance == "stands" and not shot.plinth:
        mirror_into(shot, product, lit, picture, gloss_of(shot))
    _paste(shot, product, lit, picture)
    if shot.camera.overhead:
        return _patterned_table(random, shot, picture)
    return picture


def _patterned_table(random: Random, shot: Shot, picture: Array) -> Array:
    """The light's pattern falls over table and product alike when seen from above."""
    flat = np.ones((shot.height // 2, shot.width // 2, 3), np.float32) * 0.7
    pattern = patterned(random, shot, flat, 0.85) / 0.7
    return picture * resized(pattern, shot.width, shot.height)


def _scene(random: Random, shot: Shot) -> Array:
    if shot.camera.overhead:
        picture = np.zeros((shot.height, shot.width, 3), np.float32)
    else:
        small = BACKDROPS[shot.setting](random, shot, shot.width // 2, shot.height // 2)
        picture = np.clip(resized(small, shot.width, shot.height), 0, 1)
    if not shot.adrift:
        lay_floor(random, shot, picture)
    return picture


def _sunk(random: Random, product: CutProduct) -> CutProduct:
    """The product a little lower, its lowest pixels buried under an uneven line of grains."""
    depth = 0.018 * max(product.height, product.width)
    line = fbm(random, 256, (2, 5), 4, 0.45)[0] * 0.22 + 0.75
    level = np.interp(np.linspace(0, 255, product.width), np.arange(256), line * depth).astype(np.float32)
    rows = np.arange(product.height, 0, -1, dtype=np.float32)[:, None]
    buried = product.alpha * np.clip((rows - level[None, :]) / 2.5, 0, 1)
    return replace(product, alpha=buried, top=product.top + round(0.75 * depth))


def _strength(shot: Shot) -> float:
    strong = (0.74 + 0.18 * shot.hardness) * shot.treatment.shadow * shot.place.shadow
    return min(1.0, strong * (0.7 if shot.surface == "water" else 1.0))


def _ground(random: Random, shot: Shot, product: CutProduct, picture: Array) -> None:
    """Cast and contact shadows on the floor, and on the plinth if there is one."""
    lift = max(0.0, shot.camera.base - product.bottom)
    strength = _strength(shot)
    if shot.plinth:
        plinth = shot.plinth
        darken(picture, thrown_by(shot, plinth), strength * 0.9, SHADE)
        darken(
            picture, cast_on_floor(shot, shot.ground, product.alpha, product.left, plinth.height), strength * 0.8, SHADE
        )
        darken(picture, _under(shot, plinth), 0.6, SHADE)
        top = raise_plinth(random, shot, plinth, picture)
        darken(picture, cast_on_floor(shot, shot.camera, product.alpha, product.left, lift) * top, strength, SHADE)
    else:
        darken(picture, cast_on_floor(shot, shot.camera, product.alpha, product.left, lift), strength, SHADE)
    touch, first = contact(shot, shot.camera, product, product.left, lift)
    darken(picture[first : first + touch.shape[0]], touch, min(1.0, 0.95 * shot.treatment.shadow), SHADE * 0.6)


def _under(shot: Shot, plinth: Plinth) -> Array:
    """Darkness around the plinth's foot, where it keeps the room's light away."""
    middle, _, half = plinth_box(shot, plinth)
    x = (np.arange(shot.width, dtype=np.float32)[None, :] - np.float32(shot.foot)) / np.float32(plinth.half_width)
    y = (np.arange(shot.height, dtype=np.float32)[:, None] - np.float32(middle + plinth.height)) / np.float32(half)
    away = np.sqrt(x * x + y * y) if plinth.round else np.maximum(np.abs(x), np.abs(y))
    return floats(np.exp(-np.clip(away - 0.97, 0, None) * 16.0))


def _paste(shot: Shot, product: CutProduct, lit: Array, picture: Array) -> None:
    y0, y1 = max(0, product.top), min(shot.height, product.bottom)
    x0, x1 = max(0, product.left), min(shot.width, product.left + product.width)
    inner = (slice(y0 - product.top, y1 - product.top), slice(x0 - product.left, x1 - product.left))
    patch = picture[y0:y1, x0:x1]
    patch += (lit[inner] - patch) * product.alpha[inner][..., None]
