"""From a product photo to a picture in the gallery, as people do it."""

import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, look
from tests.pictures import photo
from tests.pipeline.studio import Studio

PROMPT = "On a white marble table, soft light from the left"


def files(folder: Path) -> list[Path]:
    """Two photos and a text in disguise."""
    made = {
        "trail-cap.jpg": photo(),
        "rain-jacket.png": photo(format="PNG", colour="#aa3311"),
        "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


def write_prompt(page: Page, text: str, *, product: str, count: int = 1, model: str = "nanobanana") -> None:
    page.goto(page.url.split("/generate/")[0] + "/generate/")
    page.get_by_text("Write a prompt").click()
    page.get_by_role("textbox", name="Prompt").fill(text)
    page.locator("#tray .tray-row", has_text=product).first.locator("input").check()
    page.get_by_label("Model").select_option(model)
    for shape in page.locator("input[name=aspect_ratio]").all():
        shape.set_checked(shape.get_attribute("value") == "1:1")
    page.get_by_role("group", name="Pictures of each").get_by_text(str(count), exact=True).click()


def newest(page: Page) -> "Page":
    return page.locator("#arriving [data-job]").first  # type: ignore[return-value]


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_creator_makes_pictures_while_a_viewer_watches_the_gallery_fill(
    sign_in: SignIn, studio: Studio, tmp_path: Path
) -> None:
    bob, vera = sign_in("bob"), sign_in("vera")
    vera.goto(f"{studio.url}/gallery/")
    left = studio.left

    bob.locator("#photos").set_input_files(files(tmp_path))
    tray = bob.locator("#tray")
    expect(tray.get_by_text("Trail cap")).to_be_visible()
    expect(tray.get_by_text("Rain jacket")).to_be_visible()
    expect(bob.get_by_text("This is an SVG drawing, not a JPEG, PNG or WebP picture.")).to_be_visible()

    write_prompt(bob, PROMPT, product="Trail cap", count=2)
    button = bob.locator("[data-price-button]")
    expect(button).to_have_text("Generate 2 pictures · 6 credits")
    assert_accessible(bob)
    look(bob, "generate")
    button.click()

    expect(newest(bob)).to_contain_text("Done")
    expect(newest(bob).locator("img")).to_have_count(2)
    look(bob, "generate-done")
    assert left - studio.left == 6

    pictures = vera.locator("[data-lightbox] img, a[href*='/gallery/img_'] img")
    expect(pictures).to_have_count(2)
    assert_accessible(vera)
    look(vera, "gallery")

    pictures.first.click()
    receipt = vera.get_by_role("dialog")
    for told in (PROMPT, "nanobanana", "Trail cap", "Bob"):
        expect(receipt).to_contain_text(told)
    assert_accessible(vera)
    look(vera, "lightbox")
    with vera.expect_download() as download:
        receipt.get_by_role("link", name="Download original").click()
    picture = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert picture.size == (256, 256)
    assert re.fullmatch(r"trail-cap[\w-]*\.(jpg|png|webp)", download.value.suggested_filename)

    vera.keyboard.press("Escape")
    expect(receipt).not_to_be_visible()
    vera.wait_for_url("**/gallery/")


def test_a_failed_job_says_why_costs_nothing_and_can_be_started_again(sign_in: SignIn, studio: Studio) -> None:
    bob, left = sign_in("bob"), studio.left
    studio.set_faults(failure=True, times=1)
    write_prompt(bob, PROMPT, product="Blossom honey")
    bob.locator("[data-price-button]").click()
    expect(newest(bob)).to_contain_text("Failed")
    assert_accessible(bob)
    look(bob, "generate-failed")
    assert studio.left == left

    newest(bob).get_by_role("button", name="Try again").click()
    expect(newest(bob)).to_contain_text("Done")
    assert left - studio.left == 3


def test_a_queued_job_can_be_cancelled_for_nothing(sign_in: SignIn, studio: Studio) -> None:
    bob, left = sign_in("bob"), studio.left
    studio.set_faults(refuse=429, retry_after=60, times=1)
    write_prompt(bob, "On slate", product="Blossom honey")
    bob.locator("[data-price-button]").click()
    bob.wait_for_timeout(500)
    write_prompt(bob, "On slate", product="Blossom honey")
    bob.locator("[data-price-button]").click()
    for _ in range(2):
        bob.locator("#arriving").get_by_role("button", name="Cancel").first.click()
    expect(bob.locator("#arriving").get_by_text("Cancelled").first).to_be_visible()
    look(bob, "generate-cancelled")
    studio.resume()
    assert studio.left == left


@pytest.mark.parametrize("page", ["generate", "gallery", "products", "presets", "projects"])
def test_a_viewer_sees_every_page_and_no_way_to_spend(sign_in: SignIn, studio: Studio, page: str) -> None:
    vera = sign_in("vera")
    vera.goto(f"{studio.url}/{page}/")
    expect(vera.get_by_role("heading", level=1)).to_be_visible()
    expect(vera.locator("[data-price-button]")).to_have_count(0)
    expect(vera.locator("input[type=file]")).to_have_count(0)
    assert_accessible(vera)
    look(vera, f"viewer-{page}")


@pytest.mark.parametrize("page", ["products", "presets", "projects", "settings/connection", "settings/keys"])
def test_an_owners_pages_have_no_accessibility_violations(sign_in: SignIn, studio: Studio, page: str) -> None:
    alice = sign_in("alice")
    alice.goto(f"{studio.url}/{page}/")
    assert_accessible(alice)
    look(alice, f"owner-{page.replace('/', '-')}")
