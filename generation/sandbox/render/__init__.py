"""The sandbox provider's pictures: the product cut out of its photo and set into a scene read from the prompt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .compose import composed
from .cutout import Cutout, cut_out
from .encode import MIMES, encoded
from .finish import finished
from .noise import chance, seeded
from .packshot import packshot
from .photo import UnreadablePhoto, read_photo
from .product import placed, silhouette_of
from .prompt import read_prompt
from .shot import plan_shot
from .treatments import treatment_of

__all__ = ["Rendering", "UnreadablePhoto", "render"]


@lru_cache(maxsize=1)
def _cut_out(photo: bytes) -> Cutout:
    """The pictures of one job are made from one photo, one after the other."""
    return cut_out(read_photo(photo))


@dataclass(frozen=True)
class Rendering:
    """An encoded picture with its media type and its size in px."""

    data: bytes
    mime: str
    width: int
    height: int


def render(
    photo: bytes,
    *,
    prompt: str,
    model: str,
    aspect_ratio: str,
    index: int,
    seed: str,
    product: str = "",
    scale: float = 1,
) -> Rendering:
    """One product picture; equal arguments give equal bytes, another index another composition.

    It has about a megapixel, with sides longer or shorter by `scale`.

    A JPEG, or a PNG with alpha where the prompt asks for nothing behind the product. `product` is the name of what the
    photo shows, where that is known: it tells clothes from bottles, and its words are not taken for the scene's.

    Raises UnreadablePhoto, whose message is one sentence for the user.
    """
    cutout = _cut_out(photo)
    treatment, brief = treatment_of(model), read_prompt(prompt, product)
    first = int(4 * chance(seeded(seed, model, brief.text)))
    random = seeded(seed, str(index), model, brief.text, aspect_ratio)
    shot = plan_shot(brief, treatment, silhouette_of(cutout), aspect_ratio, (first + index) % 4, random, scale=scale)
    if brief.ground == "scene":
        image = finished(random, shot, composed(random, shot, cutout))
    else:
        left, top, width, height = shot.box
        image = packshot(shot, placed(cutout, width, height, left, top))
    return Rendering(encoded(image, model), MIMES[image.mode], image.width, image.height)
