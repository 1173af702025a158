"""Lighting the product like its surroundings, and its mirror image on the floor."""

from __future__ import annotations

import numpy as np

from .product import CutProduct
from .raster import Array, blurred, floats, smoothstep
from .shot import Shot


def relit(shot: Shot, product: CutProduct, picture: Array) -> Array:
    """The product's colours (h, w, 3) under the scene's key light, with ambient tint, bounce, rim and light wrap."""
    rgb, alpha = product.rgb, product.alpha
    height, width = alpha.shape
    round_ = blurred(alpha, max(2.0, 0.045 * min(height, width)))
    slope_y, slope_x = np.gradient(round_)
    facing = -(slope_x * np.float32(shot.side) - slope_y * 0.55) * np.float32(0.11 * min(height, width))
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.float32(shot.side)
    contrast = 0.55 + 0.55 * shot.hardness
    shade = 1 + np.float32(0.30 * contrast) * np.clip(facing, -0.8, 0.8) + np.float32(0.085 * contrast) * across
    if shot.brief.light.low_key:
        shade = shade * (0.88 + across * 0.16)
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    if shot.stance == "stands":
        shade = shade * (1 - 0.22 * np.exp(up * -22) - 0.08 * np.exp(up * -6))
    around = _surroundings(shot, product, picture)
    tint = 1 + (shot.light.array - 1) * 0.5
    ambient = around.mean(axis=(0, 1))
    ambient = 1 + (ambient / max(float(ambient.mean()), 0.02) - 1) * 0.10
    lit = rgb * shade[..., None] * (tint * ambient)
    return np.clip(_wrapped(shot, lit, alpha, around, floats(facing)), 0, 1)


def _surroundings(shot: Shot, product: CutProduct, picture: Array) -> Array:
    """The picture behind the product, blurred wide, (h, w, 3)."""
    top, left = max(0, product.top), max(0, product.left)
    behind = picture[top : min(shot.height, product.bottom), left : min(shot.width, product.left + product.width)]
    soft = blurred(np.ascontiguousarray(behind), max(6.0, product.width * 0.05))
    pads = (
        (top - product.top, product.height - (top - product.top) - soft.shape[0]),
        (left - product.left, product.width - (left - product.left) - soft.shape[1]),
        (0, 0),
    )
    return np.pad(soft, pads, mode="edge")


def _wrapped(shot: Shot, lit: Array, alpha: Array, around: Array, facing: Array) -> Array:
    """Light from behind creeping around the edges, and a rim on the lamp's side."""
    inside = blurred(alpha, 3.2 * shot.width / 1024 + 0.6)
    edge = np.clip((1 - inside) * 1.9, 0, 1) * alpha
    excess = np.clip(around - lit, 0, 1)
    lit = lit + excess * (edge * 0.42)[..., None]
    rim = edge * smoothstep(0.05, 0.6, facing) * np.float32(0.10 + 0.22 * shot.brief.light.low_key)
    if shot.setting in ("city", "festive"):
        glow = around / np.maximum(around.max(axis=2, keepdims=True), 0.05)
        return floats(lit + (1 - lit) * (edge * 0.16 + rim * 1.6)[..., None] * glow)
    return floats(lit + (1 - lit) * rim[..., None] * shot.light.array)


def mirror_into(shot: Shot, product: CutProduct, lit: Array, picture: Array, gloss: float) -> None:
    """The product's mirror image below its base, fading and blurring with distance."""
    base = int(shot.camera.base)
    rows = min(product.height, shot.height - base)
    if rows < 4 or gloss < 0.04:
        return
    image = np.dstack([lit * product.alpha[..., None], product.alpha])[::-1][:rows]
    sharp = blurred(np.ascontiguousarray(image), 2.6)
    soft = blurred(sharp, 9.0)
    part = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None] * np.float32(rows / product.height)
    image = sharp + (soft - sharp) * np.clip(part * 3.0, 0, 1)
    fade = np.clip(1 - part * 1.9, 0, 1) ** 1.5 * np.float32(min(0.55, gloss * 0.95))
    left, right = max(0, product.left), min(shot.width, product.left + product.width)
    image = image[:, left - product.left : right - product.left]
    patch = picture[base : base + rows, left:right]
    patch *= 1 - image[..., 3:] * fade
    patch += image[..., :3] * fade
