"""Framing: how large the product is, where it stands and from how high it is seen."""

from __future__ import annotations

from dataclasses import dataclass

from .camera import Camera
from .noise import Random, chance
from .places import Place
from .product import Silhouette
from .treatments import Treatment

Box = tuple[int, int, int, int]  # left, top, width, height in px


@dataclass(frozen=True)
class Plinth:
    """A low block under the product: half width and height in px, round or square."""

    half_width: float
    height: float
    round: bool


@dataclass(frozen=True)
class Take:
    """What sets one kind of composition apart: factors of size and eye level, and the side the product leans to."""

    scale: float
    eye: float
    lean: int


WHOLE = 0.85  # of the picture that a product alone fills, as marketplaces want it
TAKES = (Take(1.0, 1.0, 1), Take(1.13, 0.80, -1), Take(0.86, 1.14, -1), Take(1.0, 0.92, 1))


@dataclass(frozen=True)
class Frame:
    """The picture to fill, in px, and what is to be in it."""

    width: int
    height: int
    stance: str
    place: Place
    plinth: bool
    alone: bool  # on white or on nothing
    room: float  # factor of size that the prompt asks for
    treatment: Treatment
    take: Take

    @property
    def wide(self) -> bool:
        return self.width > 1.5 * self.height


def framed(frame: Frame, shape: Silhouette, random: Random) -> tuple[Camera, Box, Plinth | None]:
    """Camera, the product's place and the plinth."""
    box_w, box_h = _extent(frame, shape, random)
    base = _base(frame, box_h, random)
    plinth = None
    if frame.plinth:
        half = max(box_w * 0.61, frame.height * 0.16)
        plinth = Plinth(half, frame.height * (0.10 + 0.05 * chance(random)), round=shape.aspect < 1.7)
    eye = base - frame.height * frame.treatment.height * frame.take.eye * (0.95 + 0.1 * chance(random))
    if frame.place.back[0] > 3:  # a far horizon is seen from higher up
        eye = max(eye, frame.height * 0.36)
    overhead = frame.stance == "lies"
    shift = (
        0.0
        if overhead or frame.alone
        else frame.take.lean * (0.01 + 0.04 * chance(random)) * (1.8 if frame.wide else 1.0)
    )
    bottom = _bottom(frame, base, box_h)
    camera = Camera(frame.width, frame.height, eye, base, frame.width * 0.5, 1.9 * frame.height, overhead=overhead)
    left = frame.width * (0.5 + shift) - box_w / 2
    return camera, (round(left), round(bottom - box_h), round(box_w), round(box_h)), plinth


def _extent(frame: Frame, shape: Silhouette, random: Random) -> tuple[float, float]:
    """The product's width and height in px, within what its stance leaves room for."""
    tallest, widest = 0.55, 0.62
    if frame.alone:
        tall = WHOLE * (0.92 if frame.width > frame.height else 1.0)  # cards crop wide pictures at top and bottom
        width = min(WHOLE * frame.width, tall * frame.height * shape.aspect) * min(1.0, frame.take.scale)
        width = min(width * frame.room, 0.94 * frame.width, 0.94 * frame.height * shape.aspect)
        return max(8.0, width), max(8.0, width / shape.aspect)
    if frame.stance == "lies":
        tallest, widest = 0.76, 0.74
    elif frame.stance == "hangs":
        tallest = 0.64
    elif frame.plinth:
        tallest, widest = 0.45, 0.62 if shape.aspect < 1.8 else 0.56
    elif frame.wide:
        tallest = 0.59
    close = min(1.22, frame.treatment.scale * frame.take.scale) * frame.room * (0.97 + 0.06 * chance(random))
    width = min(widest * frame.width, tallest * frame.height * shape.aspect) * close
    return max(8.0, width), max(8.0, width / shape.aspect)


def _base(frame: Frame, box_h: float, random: Random) -> float:
    """The row where the product, or its plinth's top, stands."""
    if frame.alone or frame.stance == "lies":
        return (frame.height + box_h) / 2
    if frame.stance == "hangs":
        return frame.height * 0.93
    if frame.plinth or box_h < 0.34 * frame.height:
        return frame.height * (0.735 + 0.03 * chance(random))
    return frame.height * (0.80 + 0.04 * chance(random))


def _bottom(frame: Frame, base: float, box_h: float) -> float:
    """The row of the product's lowest pixel."""
    if frame.stance == "hovers" and frame.place.adrift:
        return (frame.height + box_h) / 2
    if frame.stance == "hovers" and not frame.alone:
        return base - frame.height * 0.10
    if frame.stance == "hangs":
        return frame.height * 0.485 + box_h * 0.5
    return base
