"""How a product is placed: standing, lying or hanging, and never in the air unasked."""

import pytest

from generation.sandbox.render.noise import seeded
from generation.sandbox.render.product import Silhouette
from generation.sandbox.render.prompt import read_prompt
from generation.sandbox.render.shot import Shot, plan_shot
from generation.sandbox.render.treatments import treatment_of

# Measured on photos: a bottle, a ball, a tilted beanie, a hoodie laid out, a dress with a straight hem.
BOTTLE = Silhouette(0.37, 0.97, 0.97, 0.0, 0.1, 0.3, 0.6)
BALL = Silhouette(1.0, 0.35, 0.35, 0.0, 0.1, 0.6, 0.5)
BEANIE = Silhouette(1.04, 0.11, 0.11, 0.04, 0.6, 0.8, 0.35)
HOODIE = Silhouette(0.82, 0.46, 0.46, 0.0, 0.6, 0.8, 0.3)
DRESS = Silhouette(0.72, 0.98, 0.98, 0.0, 0.9, 0.4, 0.3)
PLACES = (
    "studio",
    "beach",
    "forest",
    "city at dusk",
    "on snow",
    "marble",
    "in a pool of water",
    "Christmas",
    "kitchen",
)


def shot(prompt: str, shape: Silhouette, variant: int = 0, product: str = "") -> Shot:
    brief = read_prompt(prompt, product)
    return plan_shot(brief, treatment_of("nanobanana2"), shape, "1:1", variant, seeded("test"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("shape", "product"), [(HOODIE, ""), (DRESS, "Red dress"), (BEANIE, "Beanie"), (BEANIE, "")])
def test_what_cannot_stand_lies_or_hangs(place: str, shape: Silhouette, product: str) -> None:
    assert {shot(place, shape, variant, product).stance for variant in range(4)} <= {"lies", "hangs"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", [BOTTLE, BALL])
def test_what_can_stand_stands_with_its_lowest_point_on_the_ground(place: str, shape: Silhouette) -> None:
    planned = shot(place, shape)
    _, top, _, height = planned.box
    assert planned.stance == "stands"
    assert abs(top + height - planned.camera.base) <= 1


@pytest.mark.parametrize("prompt", ["levitating over sand", "floating in space", "in outer space among stars"])
def test_things_hover_where_that_is_asked_for(prompt: str) -> None:
    assert shot(prompt, BOTTLE).stance == "hovers"


def test_clothes_hang_on_request_and_on_the_moon_things_stand() -> None:
    assert shot("hoodie on a hanger in a forest", HOODIE).stance == "hangs"
    assert shot("on the moon, starry sky", BOTTLE).stance == "stands"


def test_prompts_that_name_no_scene_do_not_all_look_the_same() -> None:
    walls = {shot(prompt, BOTTLE).wall for prompt in ("premium look", "for our shop", "a bold idea", "timeless", "new")}
    assert len(walls) >= 3
