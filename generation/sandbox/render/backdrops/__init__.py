"""What is behind the product, painted at half size and out of focus: RGB (h, w, 3), 0…1, for the whole picture."""

from __future__ import annotations

from collections.abc import Callable

from generation.sandbox.render.noise import Random
from generation.sandbox.render.raster import Array
from generation.sandbox.render.shot import Shot

from .interior import kitchen, shelf
from .night import city, festive
from .outdoors import beach, forest
from .wall import studio

Backdrop = Callable[[Random, Shot, int, int], Array]

BACKDROPS: dict[str, Backdrop] = {
    "studio": studio,
    "kitchen": kitchen,
    "shelf": shelf,
    "beach": beach,
    "forest": forest,
    "city": city,
    "festive": festive,
}
