"""From photo and prompt to an encoded picture of the product."""

import numpy as np
import pytest
from PIL import Image

from generation.sandbox.render import Rendering, UnreadablePhoto, render
from generation.sandbox.render.treatments import TREATMENTS
from tests.generation.sandbox.render.photos import busy, can, cut_out_can, opened, saved

PHOTO = saved(can())


def rendered(photo: bytes = PHOTO, prompt: str = "on marble, soft light", **changes: object) -> Rendering:
    request = {"model": "nanobanana2", "aspect_ratio": "1:1", "index": 0, "seed": "job_1", **changes}
    return render(photo, prompt=prompt, **request)  # type: ignore[arg-type]


def pixels(rendering: Rendering) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(opened(rendering.data).convert("RGB"), dtype=np.int16)


def reds(picture: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Where the picture shows the can's red."""
    return (picture[..., 0] > 110) & (picture[..., 1] < 95) & (picture[..., 2] < 105)


def test_same_arguments_same_bytes() -> None:
    assert rendered() == rendered()


@pytest.mark.parametrize("change", [{"index": 1}, {"seed": "job_2"}, {"model": "seedream"}])
def test_another_index_seed_or_model_is_another_picture(change: dict[str, object]) -> None:
    assert np.abs(pixels(rendered()) - pixels(rendered(**change))).mean() > 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("1:1", (1024, 1024)), ("4:3", (1184, 888)), ("3:4", (888, 1184)), ("16:9", (1360, 768)), ("9:16", (768, 1360))],
)
def test_every_ratio_has_its_size(ratio: str, size: tuple[int, int]) -> None:
    picture = rendered(aspect_ratio=ratio, prompt="sage studio")
    assert (picture.width, picture.height) == opened(picture.data).size == size
    assert size[0] * size[1] == pytest.approx(1024 * 1024, rel=0.01)


@pytest.mark.parametrize("prompt", ["white marble", "concrete kitchen", "golden beach", "city at dusk", "moody studio"])
def test_the_product_is_recognisably_there_and_its_white_background_is_not(prompt: str) -> None:
    picture = pixels(rendered(prompt=prompt))
    red = reds(picture)
    assert 0.02 < red.mean() < 0.4
    rows, columns = np.nonzero(red.mean(axis=1) > 0.08)[0], np.nonzero(red.mean(axis=0) > 0.10)[0]
    left, right, top, bottom = columns[0], columns[-1], rows[0], rows[-1]
    assert (right - left) / (bottom - top) == pytest.approx(180 / 370, abs=0.08)
    beside = picture[top:bottom:20, [left - 20, right + 20]]
    assert (beside.min(axis=2) > 250).mean() < 0.05


def test_transparent_photos_are_composed_the_same_way() -> None:
    picture = pixels(rendered(saved(cut_out_can(), "PNG"), prompt="sage studio"))
    assert 0.02 < reds(picture).mean() < 0.4


def test_a_photo_without_plain_background_is_shown_as_a_print() -> None:
    picture = pixels(rendered(saved(busy()), prompt="sage studio"))
    assert (picture.min(axis=2) > 225).mean() > 0.002  # its white mount
    assert reds(picture).any()


def test_every_model_has_its_own_treatment() -> None:
    assert set(TREATMENTS) == {
        "nanobanana2",
        "nanobananapro",
        "nanobanana",
        "kontext-pro",
        "kontext-max",
        "seedream",
        "gpt-high",
    }
    assert len(set(TREATMENTS.values())) == 7


@pytest.mark.parametrize(
    "prompt", ["", "💡" * 400, "snow forest podium water", "floating over snow", "flat lay, leaves"]
)
def test_any_prompt_gives_a_picture(prompt: str) -> None:
    assert pixels(rendered(prompt=prompt)).std() > 8


@pytest.mark.parametrize("size", [(40, 500), (500, 40), (20, 20)])
def test_extreme_shapes_are_composed(size: tuple[int, int]) -> None:
    assert pixels(rendered(saved(Image.new("RGBA", size, (200, 30, 40, 255)), "PNG"))).std() > 8


def test_the_file_says_that_the_sandbox_made_it() -> None:
    picture = rendered()
    image = opened(picture.data)
    assert picture.mime == "image/jpeg" == Image.MIME[image.format or ""]
    assert image.getexif()[0x0131] == "Packshot sandbox"
    assert b"sandbox" in image.info["comment"]


def test_unreadable_bytes_are_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="damaged or incomplete"):
        rendered(b"\xff\xd8\xff nonsense")
