"""Planning the shot: what stands where, seen from where, in which light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .camera import Camera
from .colour import BLACK, WHITE, Colour, from_hsv, hexed
from .framing import TAKES, Frame, Plinth, framed
from .noise import Random, chance
from .product import Silhouette
from .prompt import Brief
from .treatments import Treatment

SIZES = {"1:1": (1024, 1024), "4:3": (1184, 888), "3:4": (888, 1184), "16:9": (1360, 768), "9:16": (768, 1360)}

# Surfaces that belong to a place when the prompt names none.
USUAL_SURFACE = {
    "kitchen": "marble",
    "shelf": "wood",
    "beach": "sand",
    "forest": "wood",
    "city": "concrete",
    "festive": "wood",
    "studio": "plain",
}
DARK_GROUND = {
    ("city", "concrete"): hexed("33363c"),
    ("forest", "wood"): hexed("7d5a3e"),
    ("festive", "wood"): hexed("7d5a3e"),
}
OPEN_AIR = ("beach", "forest", "city", "festive")


@dataclass(frozen=True)
class Shot:
    """Everything decided before painting. `side` is −1 with the light on the left, +1 on the right."""

    camera: Camera
    brief: Brief
    treatment: Treatment
    setting: str
    surface: str
    stance: str  # stands, hovers, hangs, lies
    side: int
    warmth: float
    hardness: float
    wall: Colour
    accent: Colour
    tone: Colour | None
    back_depth: float
    box: tuple[int, int, int, int]  # the product: left, top, width, height
    plinth: Plinth | None
    variant: int

    @property
    def width(self) -> int:
        return self.camera.width

    @property
    def height(self) -> int:
        return self.camera.height

    @property
    def ground(self) -> Camera:
        """The camera with its base on the floor, which lies lower than the product's base under a plinth."""
        if self.plinth is None:
            return self.camera
        return replace(self.camera, base=self.camera.base + self.plinth.height)

    @property
    def back_row(self) -> int:
        """The row where the floor ends."""
        return 0 if self.camera.overhead else int(self.ground.row_at(self.back_depth))

    @property
    def foot(self) -> float:
        """The column under the product's middle."""
        left, _, width, _ = self.box
        return left + width / 2

    @property
    def light(self) -> Colour:
        """The key light's colour, brightest channel 1."""
        warm, cool = Colour(1.0, 0.93, 0.80), Colour(0.88, 0.95, 1.0)
        if self.brief.light.golden:
            warm = Colour(1.0, 0.90, 0.73)
        return WHITE.towards(warm, self.warmth) if self.warmth >= 0 else WHITE.towards(cool, -self.warmth)


def plan_shot(brief: Brief, treatment: Treatment, shape: Silhouette, ratio: str, variant: int, random: Random) -> Shot:
    """Decide camera, placement, light and colours; `variant` 0…3 is one of four kinds of composition."""
    width, height = SIZES.get(ratio, SIZES["1:1"])
    setting = brief.setting or "studio"
    surface = brief.surface or USUAL_SURFACE[setting]
    side = {"left": -1, "right": 1}.get(brief.light.side or "", -1 if variant % 2 == 0 else 1)
    stance = _stance(brief, shape, setting, surface, variant)
    plinth_wanted = (
        stance == "stands"
        and setting == "studio"
        and (brief.podium or (surface in ("plain", "water", "sand") and variant in (1, 2)))
    )
    wall, accent = _palette(brief, shape, setting, variant)
    hardness = min(1.0, max(0.0, brief.light.hardness + treatment.hardness))
    frame = Frame(width, height, stance, setting, plinth_wanted, treatment, TAKES[variant])
    camera, box, plinth = framed(frame, shape, random)
    return Shot(
        camera=camera,
        brief=brief,
        treatment=treatment,
        setting=setting,
        surface=surface,
        stance=stance,
        side=side,
        warmth=brief.light.warmth,
        hardness=hardness,
        wall=wall,
        accent=accent,
        tone=_tone(brief, surface, setting, wall),
        back_depth=_back_depth(setting, surface, random),
        box=box,
        plinth=plinth,
        variant=variant,
    )


def _stance(brief: Brief, shape: Silhouette, setting: str, surface: str, variant: int) -> str:
    if brief.overhead:
        return "lies"
    if brief.hovering:
        return "hovers"
    limp = shape.aspect < 0.95 and shape.touching < 0.5
    if shape.contact >= 0.42 and not limp and not (brief.garment and shape.touching < 0.6):
        return "stands"
    if setting in OPEN_AIR or surface == "water":
        return "hovers"
    if setting in ("kitchen", "shelf") or variant % 2:
        return "lies"
    return "hangs" if shape.aspect < 0.95 else "hovers"


def _back_depth(setting: str, surface: str, random: Random) -> float:
    if setting == "beach":
        return 5.5
    if setting in ("forest", "city", "festive"):
        return 2.1 + 0.5 * chance(random)
    return 1.55 + 0.35 * chance(random)


def _palette(brief: Brief, shape: Silhouette, setting: str, variant: int) -> tuple[Colour, Colour]:
    """Wall and accent: the prompt's colours, or ones that go with the product."""
    if brief.colours:
        wall = brief.colours[0]
        accent = brief.colours[1] if len(brief.colours) > 1 else _companion(wall)
        return wall, accent
    if brief.light.low_key:
        return hexed("2f3137"), hexed("5a4f45")
    if setting in ("kitchen", "shelf"):
        wall = (hexed("e6dfd3"), hexed("d9dcd6"), hexed("e4d7c9"), hexed("cfd3cf"))[variant]
        return wall, _companion(wall)
    if shape.chroma < 0.10:
        wall = (hexed("d9c7b4"), hexed("c9cfc2"), hexed("d8cdd0"), hexed("c5cdd4"))[variant]
        return wall, _companion(wall)
    turn = (0.5, 0.42, 0.58, 0.04)[variant]
    wall = from_hsv(shape.hue + turn, 0.17, 0.90)
    return wall, from_hsv(shape.hue + turn, 0.36, 0.78)


def _companion(wall: Colour) -> Colour:
    return wall.towards(BLACK, 0.22) if wall.luma > 0.5 else wall.towards(WHITE, 0.22)


def _tone(brief: Brief, surface: str, setting: str, wall: Colour) -> Colour | None:
    if brief.tone is not None and surface not in ("sand", "snow"):
        return brief.tone
    first = brief.colours[0] if brief.colours else None
    if surface == "plain":
        return wall
    if surface == "fabric":
        return first and first.towards(WHITE, 0.15)
    if surface == "water":
        return first
    return DARK_GROUND.get((setting, surface))
