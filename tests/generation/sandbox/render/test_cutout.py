"""The product is cut out of its photo, whole and alone."""

import numpy as np
import pytest
from PIL import Image

from generation.sandbox.render.cutout import cut_out
from tests.generation.sandbox.render.photos import (
    CAN,
    RED,
    busy,
    can,
    cut_out_can,
    mug,
    opened,
    saved,
    shaded,
    standing,
)

CAN_SIZE = (CAN[2] - CAN[0], CAN[3] - CAN[1])


def photo_of(picture: Image.Image) -> Image.Image:
    return opened(saved(picture)).convert("RGB")


def size_ratio(picture: Image.Image) -> float:
    return picture.width / picture.height / (CAN_SIZE[0] / CAN_SIZE[1])


@pytest.mark.parametrize("background", [(255, 255, 255), (244, 243, 239), (120, 150, 130), (20, 20, 24)])
def test_a_plain_background_goes_and_the_product_stays_whole(background: tuple[int, int, int]) -> None:
    found = cut_out(photo_of(can(background)))
    assert not found.printed
    assert size_ratio(found.image) == pytest.approx(1, abs=0.04)
    alpha = np.asarray(found.image.getchannel("A"))
    height, width = alpha.shape
    assert alpha[height // 10 : -height // 10, width // 10 : -width // 10].min() == 255
    assert alpha[0, 0] < 40


@pytest.mark.parametrize("treat", [shaded, standing])
def test_shading_and_soft_shadows_go_with_the_background(treat: object) -> None:
    found = cut_out(photo_of(treat(can((250, 249, 246)))))  # type: ignore[operator]
    assert not found.printed
    assert size_ratio(found.image) == pytest.approx(1, abs=0.12)


def test_a_pale_band_is_product_not_background() -> None:
    found = cut_out(photo_of(can()))
    alpha = np.asarray(found.image.getchannel("A"))
    middle = alpha[int(alpha.shape[0] * 0.48)]
    assert middle[4:-4].min() > 200


def test_a_handle_shows_what_is_behind() -> None:
    found = cut_out(photo_of(mug()))
    alpha = np.asarray(found.image.getchannel("A"))
    assert alpha[int(alpha.shape[0] * 0.5), int(alpha.shape[1] * 0.2)] == 0


def test_edges_carry_no_background_colour() -> None:
    found = np.asarray(cut_out(photo_of(can())).image, dtype=float)
    edge = (found[..., 3] > 60) & (found[..., 3] < 220)
    edge[int(found.shape[0] * 0.3) : int(found.shape[0] * 0.6)] = False
    assert edge.any()
    away = np.abs(found[edge][:, :3] - RED).max(axis=1)
    assert np.median(away) < 60


def test_transparency_is_kept_as_it_is() -> None:
    source = cut_out_can()
    found = cut_out(source)
    assert not found.printed
    assert size_ratio(found.image) == pytest.approx(1, abs=0.03)
    assert np.asarray(found.image.getchannel("A"))[2, 2] < 128


def test_a_shadow_painted_into_the_transparency_is_left_out() -> None:
    assert size_ratio(cut_out(cut_out_can(smear=True)).image) == pytest.approx(1, abs=0.03)


def test_a_busy_background_makes_a_print_of_the_whole_photo() -> None:
    found = cut_out(photo_of(busy()))
    assert found.printed
    assert found.image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert found.image.getpixel((found.image.width // 2, 3)) == (250, 249, 246, 255)
