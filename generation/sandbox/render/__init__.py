"""The sandbox provider's pictures: the product cut out of its photo and set into a scene read from the prompt."""

from __future__ import annotations

from dataclasses import dataclass

from .compose import composed
from .cutout import cut_out
from .encode import encoded
from .finish import finished
from .noise import chance, seeded
from .photo import UnreadablePhoto, read_photo
from .product import silhouette_of
from .prompt import read_prompt
from .shot import plan_shot
from .treatments import treatment_of

__all__ = ["Rendering", "UnreadablePhoto", "render"]


@dataclass(frozen=True)
class Rendering:
    """An encoded picture with its media type and its size in px."""

    data: bytes
    mime: str
    width: int
    height: int


def render(photo: bytes, *, prompt: str, model: str, aspect_ratio: str, index: int, seed: str) -> Rendering:
    """One product picture of about a megapixel; equal arguments give equal bytes, another index another composition.

    Raises UnreadablePhoto, whose message is one sentence for the user.
    """
    cutout = cut_out(read_photo(photo))
    treatment = treatment_of(model)
    first = int(4 * chance(seeded(seed, model, prompt)))
    random = seeded(seed, str(index), model, prompt, aspect_ratio)
    shot = plan_shot(read_prompt(prompt), treatment, silhouette_of(cutout), aspect_ratio, (first + index) % 4, random)
    image = finished(random, treatment, composed(random, shot, cutout))
    return Rendering(encoded(image, model), "image/jpeg", image.width, image.height)
