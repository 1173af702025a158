"""The product on pure white and on nothing."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFilter

from generation.sandbox.render import render
from tests.generation.sandbox.render.photos import RED, can, cut_out_can, opened, saved, shaded, standing

pytestmark = pytest.mark.usefixtures("small")
Pixels = npt.NDArray[np.int16]


def made(
    prompt: str, *, photo: bytes = saved(can()), model: str = "nanobanana2", index: int = 0, product: str = ""
) -> Pixels:
    rendering = render(
        photo, prompt=prompt, model=model, aspect_ratio="1:1", index=index, seed="job_1", product=product
    )
    return np.asarray(opened(rendering.data), np.int16)


def product_of(picture: Pixels) -> tuple[int, int, int, int]:
    """First and last row and column of the can."""
    red = (picture[..., 0] > 110) & (picture[..., 1] < 95)
    rows, columns = np.nonzero(red.any(axis=1))[0], np.nonzero(red.any(axis=0))[0]
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


@pytest.mark.parametrize("model", ["nanobanana2", "kontext-max", "seedream"])
def test_white_is_255_all_over_the_ground_but_for_a_shadow_at_the_foot(model: str) -> None:
    picture = made("pure white background", model=model, photo=saved(shaded(can())))
    top, bottom, left, right = product_of(picture)
    ground = np.ones(picture.shape[:2], bool)
    ground[top - 8 : bottom + 9, left - 8 : right + 9] = False  # the block in which JPEG rings at the product's edge
    foot = int(0.82 * bottom)
    ground[foot:, left - 40 : right + 41] = False
    assert (picture[ground] == 255).all()
    assert picture[bottom + 2, (left + right) // 2].max() < 235  # and it does stand on something


def test_no_shadow_leaves_none() -> None:
    picture = made("on white, no shadow")
    _, bottom, left, right = product_of(picture)
    assert (picture[bottom + 9 :] == 255).all()
    assert 0.8 < bottom / picture.shape[0] < 1 and left > 8 and right < picture.shape[1] - 8


def test_transparent_is_alpha_with_the_products_own_colour_up_to_its_edge() -> None:
    picture = made("transparent background", photo=saved(can((120, 190, 120))))
    alpha = picture[..., 3]
    top, bottom, left, right = product_of(picture)
    outside = np.ones(alpha.shape, bool)
    outside[top - 4 : bottom + 5, left - 4 : right + 5] = False
    assert (alpha[outside] == 0).all() and (alpha[top + 20 : bottom - 20, left + 6 : right - 6] == 255).all()
    band = slice((top + bottom) // 2 - 4, (top + bottom) // 2 + 4)
    sides = picture[top + 20 : top + 40]  # plain red there
    edge = sides[(sides[..., 3] > 60) & (sides[..., 3] < 250)]
    assert edge.size and np.abs(edge[:, :3] - np.array(RED)).max() < 45
    assert (alpha[band].max(axis=1) == 255).all()


def test_a_shadow_that_is_asked_for_on_nothing_is_black_that_can_be_seen_through() -> None:
    picture = made("transparent background with a soft shadow", photo=saved(cut_out_can(), "PNG"))
    _, bottom, left, right = product_of(picture)
    under = picture[bottom + 3, (left + right) // 2]
    assert 20 < under[3] < 200 and under[:3].max() < 30


def test_transparent_comes_as_png_and_the_file_says_who_made_it() -> None:
    made_of_it = render(
        saved(can()), prompt="transparent background", model="nanobanana2", aspect_ratio="3:4", index=0, seed="job_1"
    )
    image = opened(made_of_it.data)
    assert (made_of_it.mime, image.format, image.mode) == ("image/png", "PNG", "RGBA")
    assert image.getexif()[0x0131] == "Packshot sandbox"


def test_copy_space_leaves_room_around_the_product() -> None:
    whole, roomy = made("on white"), made("on white, lots of copy space around it")
    (top, bottom, *_), (first, last, *_) = product_of(whole), product_of(roomy)
    assert (last - first) < 0.85 * (bottom - top)


def test_a_fringe_of_the_old_background_is_not_cut_out_with_the_product() -> None:
    whole = cut_out_can()
    soft = whole.getchannel("A").filter(ImageFilter.GaussianBlur(1.2))
    ground = Image.new("RGB", whole.size, (90, 200, 80))
    ground.paste(whole, mask=soft)
    ground.putalpha(soft)  # as a tool leaves it that softens the mask and keeps the colours
    picture = made("transparent background", photo=saved(ground, "PNG"))
    edge = picture[(picture[..., 3] > 40) & (picture[..., 3] < 250)]
    assert edge.size and (edge[:, 1] - edge[:, 0]).max() < 10  # nothing greener than it is red


def test_the_photos_own_shadow_stays_behind() -> None:
    picture = made("transparent background", photo=saved(standing(can())))
    _, bottom, left, right = product_of(picture)
    assert (picture[bottom + 5 :, :, 3] == 0).all()
    assert (picture[:, : left - 5, 3] == 0).all() and (picture[:, right + 6 :, 3] == 0).all()
