"""Planning the shot: what stands where, seen from where, in which light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .camera import Camera
from .colour import BLACK, WHITE, Colour, from_hsv, hexed
from .framing import TAKES, Frame, Plinth, framed
from .noise import Random, chance, seeded
from .places import PLACES, Place, walls
from .product import Silhouette
from .prompt import Brief
from .treatments import Treatment

SIZES = {"1:1": (1024, 1024), "4:3": (1184, 888), "3:4": (888, 1184), "16:9": (1360, 768), "9:16": (768, 1360)}

# Walls that go with anything, by what the prompt says rather than by chance: two prompts look like two ideas.
MOODS = walls("d9c7b4 c9cfc2 d8cdd0 c5cdd4 cfc4d6 d6d0b8 b9c8c6 d3bfae")


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
    def place(self) -> Place:
        return PLACES[self.setting]

    @property
    def adrift(self) -> bool:
        """Whether it hovers where there is no floor."""
        return self.stance == "hovers" and self.place.adrift

    @property
    def ground(self) -> Camera:
        """The camera with its base on the floor, which lies lower than the product's base under a plinth."""
        if self.plinth is None:
            return self.camera
        return replace(self.camera, base=self.camera.base + self.plinth.height)

    @property
    def back_row(self) -> int:
        """The row where the floor ends."""
        if self.adrift:
            return self.height
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


def plan_shot(
    brief: Brief, treatment: Treatment, shape: Silhouette, ratio: str, variant: int, random: Random, *, scale: float = 1
) -> Shot:
    """Decide camera, placement, light and colours; `variant` 0…3 is one of four kinds of composition."""
    width, height = (2 * round(side * scale / 2) for side in SIZES.get(ratio, SIZES["1:1"]))
    setting = "studio" if brief.ground != "scene" else brief.setting or "studio"
    place = PLACES[setting]
    surface = brief.surface or place.surface
    alone = brief.ground != "scene"
    side = {"left": -1, "right": 1}.get(brief.light.side or "", -1 if variant % 2 == 0 else 1)
    stance = _stance(brief, shape, setting, surface, variant)
    plinth_wanted = (
        stance == "stands"
        and not alone
        and setting == "studio"
        and (brief.podium or (surface in ("plain", "water", "sand") and variant in (1, 2)))
    )
    wall, accent = _palette(brief, shape, place, variant)
    hardness = min(1.0, max(0.0, brief.light.hardness + treatment.hardness))
    frame = Frame(width, height, stance, place, plinth_wanted, alone, brief.room, treatment, TAKES[variant])
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
        tone=_tone(brief, surface, place, wall),
        back_depth=place.back[0] + (place.back[1] - place.back[0]) * chance(random),
        box=box,
        plinth=plinth,
        variant=variant,
    )


def _stance(brief: Brief, shape: Silhouette, setting: str, surface: str, variant: int) -> str:
    """Nothing hovers unasked: what cannot stand lies flat, or hangs where there is a wall."""
    if brief.overhead:
        return "lies"
    if brief.hovering or (setting == "space" and brief.surface is None and not brief.podium):
        return "hovers"
    limp = brief.kind == "limp" or (brief.kind is None and shape.slack)
    folded = shape.touching >= 0.6 and shape.aspect >= 1.1
    if (folded or not limp) and shape.balanced:
        return "stands"
    if brief.ground != "scene":
        return "lies"
    tall = shape.aspect < 0.95
    walled = setting == "studio" and surface == "plain" and variant % 2 == 0
    return "hangs" if brief.hanging or (tall and walled) else "lies"


def _palette(brief: Brief, shape: Silhouette, place: Place, variant: int) -> tuple[Colour, Colour]:
    """Wall and accent: the prompt's colours, or ones that go with the product."""
    if brief.colours and not (place.walls and brief.tone and len(brief.colours) == 1):
        around = [colour for colour in brief.colours if colour != brief.tone] or brief.colours  # not the table's own
        wall = around[0]
        return wall, around[1] if len(around) > 1 else _companion(wall)
    if brief.light.low_key:
        return hexed("2f3137"), hexed("5a4f45")
    if place.walls:
        wall = place.walls[variant % len(place.walls)]
        return wall, _companion(wall)
    idea = int(8 * chance(seeded("idea", brief.text)))
    if shape.chroma < 0.10:
        wall = MOODS[(idea + variant) % len(MOODS)]
        return wall, _companion(wall)
    turn = (0.5, 0.42, 0.58, 0.04, 0.33, 0.67, 0.12, 0.25)[(idea + variant) % 8]
    wall = from_hsv(shape.hue + turn, 0.17, 0.90)
    return wall, from_hsv(shape.hue + turn, 0.36, 0.78)


def _companion(wall: Colour) -> Colour:
    return wall.towards(BLACK, 0.22) if wall.luma > 0.5 else wall.towards(WHITE, 0.22)


def _tone(brief: Brief, surface: str, place: Place, wall: Colour) -> Colour | None:
    if brief.tone is not None and surface not in ("sand", "snow", "grass"):
        return brief.tone
    first = brief.colours[0] if brief.colours else None
    if surface == "plain" or (surface == "glass" and not place.tones):
        return wall
    if surface == "fabric" and not place.tones.get("fabric"):
        return first and first.towards(WHITE, 0.15)
    if surface == "water":
        return first
    if place is PLACES["city"] and brief.daytime:
        return None
    return place.tones.get(surface)
