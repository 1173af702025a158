"""From photo and prompt to an encoded picture of the product."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from generation.sandbox.render import Rendering, UnreadablePhoto, render
from generation.sandbox.render.places import PLACES
from generation.sandbox.render.prompt import read_prompt
from generation.sandbox.render.treatments import TREATMENTS
from tests.generation.sandbox.render.photos import busy, can, cut_out_can, opened, saved

PHOTO = saved(can())
Pixels = npt.NDArray[np.int16]


def rendered(photo: bytes = PHOTO, prompt: str = "on marble, soft light", **changes: object) -> Rendering:
    request = {"model": "nanobanana2", "aspect_ratio": "1:1", "index": 0, "seed": "job_1", **changes}
    return render(photo, prompt=prompt, **request)  # type: ignore[arg-type]


def pixels(rendering: Rendering) -> Pixels:
    return np.asarray(opened(rendering.data).convert("RGB"), dtype=np.int16)


def reds(picture: Pixels) -> Pixels:
    """Where the picture shows the can's red."""
    return (picture[..., 0] > 110) & (picture[..., 1] < 95) & (picture[..., 2] < 105)


@pytest.mark.usefixtures("small")
def test_same_arguments_same_bytes() -> None:
    assert rendered() == rendered()


@pytest.mark.usefixtures("small")
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


@pytest.mark.usefixtures("small")
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


@pytest.mark.usefixtures("small")
def test_transparent_photos_are_composed_the_same_way() -> None:
    picture = pixels(rendered(saved(cut_out_can(), "PNG"), prompt="sage studio"))
    assert 0.02 < reds(picture).mean() < 0.4


@pytest.mark.usefixtures("small")
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


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "prompt", ["", "💡" * 400, "snow forest podium water", "floating over snow", "flat lay, leaves"]
)
def test_any_prompt_gives_a_picture(prompt: str) -> None:
    assert pixels(rendered(prompt=prompt)).std() > 8


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [(40, 500), (500, 40), (20, 20)])
def test_extreme_shapes_are_composed(size: tuple[int, int]) -> None:
    assert pixels(rendered(saved(Image.new("RGBA", size, (200, 30, 40, 255)), "PNG"))).std() > 8


@pytest.mark.usefixtures("small")
def test_the_file_says_that_the_sandbox_made_it() -> None:
    picture = rendered()
    image = opened(picture.data)
    assert picture.mime == "image/jpeg" == Image.MIME[image.format or ""]
    assert image.getexif()[0x0131] == "Packshot sandbox"
    assert b"sandbox" in image.info["comment"]


def test_unreadable_bytes_are_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="damaged or incomplete"):
        rendered(b"\xff\xd8\xff nonsense")


@pytest.mark.usefixtures("small")
def test_a_name_changes_nothing_of_the_picture() -> None:
    snow, plain = (
        rendered(prompt=f"{name} on a marble table, soft light", product=name) for name in ("Snow Boot", "Article 12")
    )
    assert snow == plain


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("prompt", "looks"),
    [
        ("on fresh snow", lambda rgb: rgb.mean() > 170 and rgb[..., 2].mean() >= rgb[..., 0].mean()),
        ("inside a fridge", lambda rgb: rgb.mean() > 165 and rgb[..., 2].mean() > rgb[..., 0].mean()),
        ("in deep space", lambda rgb: rgb.mean() < 70),
        ("in the grass", lambda rgb: rgb[-40:, :, 1].mean() > 1.15 * rgb[-40:, :, 2].mean()),
        ("underwater", lambda rgb: rgb[..., 2].mean() > rgb[..., 0].mean() + 40),
        ("in the desert", lambda rgb: rgb[-40:, :, 0].mean() > rgb[-40:, :, 2].mean() + 50),
        ("gym floor", lambda rgb: rgb.mean() < 100),
    ],
)
def test_a_scene_has_its_own_light_and_colour(prompt: str, looks: Callable[[Pixels], bool]) -> None:
    assert looks(pixels(rendered(prompt=prompt))[:, :60])  # beside the product


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("setting", sorted(set(PLACES) - {"studio"}))
def test_every_place_can_be_painted(setting: str) -> None:
    prompt = {"sky": "on clouds", "shelf": "on a bookshelf", "space": "in outer space"}.get(setting, f"in a {setting}")
    assert read_prompt(prompt).setting == setting
    assert pixels(rendered(prompt=prompt)).std() > 8


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "prompt", ["autumn leaves", "Christmas", "on the beach", "on clouds", "rose petals on marble", "hanging"]
)
def test_clothes_can_be_laid_and_hung_there(prompt: str) -> None:
    assert pixels(rendered(prompt=prompt, product="Shirt")).std() > 8
