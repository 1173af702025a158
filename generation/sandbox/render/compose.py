"""Putting the shot together, from the back to the front."""

from __future__ import annotations

import numpy as np

from .backdrops import BACKDROPS
from .cutout import Cutout
from .floor import gloss_of, lay_floor
from .light import mirror_into, relit
from .noise import Random
from .plinth import raise_plinth
from .product import Product, placed
from .raster import Array, resized
from .shadow import cast_on_floor, cast_on_wall, contact, darken
from .shot import Shot

SHADE = np.array([0.20, 0.21, 0.25], np.float32)


def composed(random: Random, shot: Shot, cutout: Cutout) -> Array:
    """The ungraded picture (h, w, 3)."""
    left, top, width, height = shot.box
    product = placed(cutout, width, height, left, top)
    picture = _scene(random, shot)
    if shot.stance == "lies":
        darken(picture, cast_on_wall(shot, product, 0.055 * max(width, height)), _strength(shot), SHADE)
    elif shot.stance == "hangs":
        darken(picture, cast_on_wall(shot, product, 0.11 * max(width, height)), _strength(shot) * 0.85, SHADE)
    else:
        _ground(random, shot, product, picture)
    lit = relit(shot, product, picture)
    if shot.stance == "stands" and not shot.plinth:
        mirror_into(shot, product, lit, picture, gloss_of(shot))
    _paste(shot, product, lit, picture)
    return picture


def _scene(random: Random, shot: Shot) -> Array:
    if shot.camera.overhead:
        picture = np.zeros((shot.height, shot.width, 3), np.float32)
    else:
        small = BACKDROPS[shot.setting](random, shot, shot.width // 2, shot.height // 2)
        picture = np.clip(resized(small, shot.width, shot.height), 0, 1)
    lay_floor(random, shot, picture)
    return picture


def _strength(shot: Shot) -> float:
    strong = (0.62 + 0.28 * shot.hardness) * shot.treatment.shadow
    return min(1.0, strong * {"forest": 0.8, "festive": 0.8, "city": 0.75, "water": 0.7}.get(shot.setting, 1.0))


def _ground(random: Random, shot: Shot, product: Product, picture: Array) -> None:
    """Cast and contact shadows on the floor, and on the plinth if there is one."""
    lift = max(0.0, shot.camera.base - product.bottom)
    strength = _strength(shot)
    if shot.plinth:
        plinth = shot.plinth
        block = np.ones((int(plinth.height), int(2 * plinth.half_width)), np.float32)
        darken(picture, cast_on_floor(shot, shot.ground, block, shot.foot - plinth.half_width, 0.0), strength, SHADE)
        darken(picture, cast_on_floor(shot, shot.ground, product.alpha, product.left, plinth.height), strength * 0.8, SHADE)
        top = raise_plinth(random, shot, plinth, picture)
        darken(picture, cast_on_floor(shot, shot.camera, product.alpha, product.left, lift) * top, strength, SHADE)
    else:
        darken(picture, cast_on_floor(shot, shot.camera, product.alpha, product.left, lift), strength, SHADE)
    touch, first = contact(shot, shot.camera, product, product.left, lift)
    darken(picture[first : first + touch.shape[0]], touch, min(1.0, 0.95 * shot.treatment.shadow), SHADE * np.float32(0.6))


def _paste(shot: Shot, product: Product, lit: Array, picture: Array) -> None:
    y0, y1 = max(0, product.top), min(shot.height, product.bottom)
    x0, x1 = max(0, product.left), min(shot.width, product.left + product.width)
    inner = (slice(y0 - product.top, y1 - product.top), slice(x0 - product.left, x1 - product.left))
    patch = picture[y0:y1, x0:x1]
    patch += (lit[inner] - patch) * product.alpha[inner][..., None]
