"""What each setting brings with it when the prompt does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .colour import Colour, hexed


@dataclass(frozen=True)
class Place:
    """`back` is the depth ratio where its floor ends, from … to; `shadow` a factor of the cast shadow's strength."""

    surface: str
    back: tuple[float, float] = (1.55, 1.90)
    open_air: bool = False
    warmth: float = 0.05
    shadow: float = 1.0
    adrift: bool = False  # what hovers here has no floor below it
    walls: tuple[Colour, ...] = ()
    tones: Mapping[str, Colour] = field(default_factory=dict)  # of a surface as it is found here


def walls(text: str) -> tuple[Colour, ...]:
    """The colours of codes with spaces between them."""
    return tuple(hexed(code) for code in text.split())


_DARK_WOOD = {"wood": hexed("7d5a3e")}
_ROOM = walls("e6dfd3 d9dcd6 e4d7c9 cfd3cf")

PLACES: Mapping[str, Place] = {
    "studio": Place("plain"),
    "kitchen": Place("marble", walls=_ROOM),
    "bathroom": Place("marble", walls=walls("dbe6e4 e8e4dc cfdcdf d9e3d6")),
    "shelf": Place("wood", warmth=0.15, walls=_ROOM),
    "sofa": Place(
        "fabric", (1.30, 1.45), warmth=0.12,
        walls=walls("e3dccf cdd6d2 ddd2c6 d3d5da"), tones={"fabric": hexed("9aa3a8")},
    ),
    "bedroom": Place(
        "fabric", (1.45, 1.65), warmth=0.12,
        walls=walls("ded5c8 ccd4d6 e2d3cb d2d6c9"), tones={"fabric": hexed("ece7de")},
    ),
    "desk": Place("wood", walls=walls("dfe1df e3dacd d3dbe0 dcd8d2")),
    "fridge": Place("glass", (1.35, 1.5), warmth=-0.35, tones={"glass": hexed("dbe9ee")}),
    "gym": Place("rubber", (1.7, 2.1), warmth=-0.15),
    "store": Place("wood", (1.7, 2.0), tones={"wood": hexed("c9a577")}),
    "cafe": Place("wood", (1.7, 2.0), warmth=0.5, tones=_DARK_WOOD),
    "beach": Place("sand", (5.5, 5.5), open_air=True, warmth=0.2),
    "desert": Place("sand", (3.6, 4.4), open_air=True, warmth=0.35, tones={"sand": hexed("dba76b")}),
    "forest": Place("wood", (2.1, 2.6), open_air=True, shadow=0.8, tones=_DARK_WOOD),
    "garden": Place("wood", (2.3, 2.8), open_air=True, warmth=0.12, shadow=0.85),
    "autumn": Place("wood", (2.1, 2.6), open_air=True, warmth=0.35, shadow=0.8, tones=_DARK_WOOD),
    "snow": Place("snow", (3.0, 3.6), open_air=True, warmth=-0.25, shadow=0.75),
    "mountain": Place(
        "concrete", (2.4, 2.9), open_air=True, shadow=0.85, tones={"concrete": hexed("8d8a84"), "wood": hexed("8f6a48")}
    ),
    "sky": Place("snow", (1.8, 2.1), open_air=True, shadow=0.5, adrift=True),
    "underwater": Place(
        "sand", (2.2, 2.7), open_air=True, warmth=-0.5, shadow=0.5, adrift=True, tones={"sand": hexed("7fb3b4")}
    ),
    "space": Place(
        "sand", (2.6, 3.2), open_air=True, warmth=-0.3, adrift=True,
        tones={"sand": hexed("77787c"), "concrete": hexed("66676b")},
    ),
    "city": Place("concrete", (2.1, 2.6), open_air=True, warmth=-0.1, shadow=0.75, tones={"concrete": hexed("33363c")}),
    "festive": Place("wood", (2.1, 2.6), open_air=True, warmth=0.45, shadow=0.8, tones=_DARK_WOOD),
}  # fmt: skip
