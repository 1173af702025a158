"""Procedural surfaces: each paints a plane's world coordinates as an RGB array (h, w, 3)."""

from __future__ import annotations

from collections.abc import Callable

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array

from .cloth import fabric, gingham
from .ground import sand, snow
from .lawn import grass
from .liquid import water
from .stone import concrete, marble, metal, plain, rubber
from .timber import wood

Texture = Callable[[Random, Plane, Colour | None], Array]

TEXTURES: dict[str, Texture] = {
    "marble": marble,
    "wood": wood,
    "concrete": concrete,
    "sand": sand,
    "snow": snow,
    "grass": grass,
    "fabric": fabric,
    "gingham": gingham,
    "water": water,
    "metal": metal,
    "rubber": rubber,
    "glass": plain,
    "plain": plain,
}
# Mirror-like share of each surface, 0…1.
GLOSS = {
    "marble": 0.34,
    "wood": 0.13,
    "concrete": 0.05,
    "sand": 0.0,
    "snow": 0.0,
    "grass": 0.0,
    "fabric": 0.0,
    "gingham": 0.0,
    "water": 0.55,
    "metal": 0.40,
    "rubber": 0.08,
    "glass": 0.42,
    "plain": 0.10,
}
