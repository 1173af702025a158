"""What is behind the product, painted at half size and out of focus: RGB (h, w, 3), 0…1, for the whole picture."""

from __future__ import annotations

from collections.abc import Callable

from generation.sandbox.render.noise import Random
from generation.sandbox.render.raster import Array
from generation.sandbox.render.shot import Shot

from .interior import kitchen, shelf
from .landscape import desert, mountain, sky, snow, space, underwater
from .night import city, festive
from .outdoors import autumn, beach, forest, garden
from .rooms import bathroom, bedroom, cafe, desk, fridge, gym, sofa, store
from .wall import studio

Backdrop = Callable[[Random, Shot, int, int], Array]

BACKDROPS: dict[str, Backdrop] = {
    "studio": studio,
    "kitchen": kitchen,
    "bathroom": bathroom,
    "shelf": shelf,
    "sofa": sofa,
    "bedroom": bedroom,
    "desk": desk,
    "fridge": fridge,
    "gym": gym,
    "store": store,
    "cafe": cafe,
    "beach": beach,
    "desert": desert,
    "forest": forest,
    "garden": garden,
    "autumn": autumn,
    "snow": snow,
    "mountain": mountain,
    "sky": sky,
    "underwater": underwater,
    "space": space,
    "city": city,
    "festive": festive,
}
