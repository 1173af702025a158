"""Forty on-brand pictures in one go, as a creator makes them."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn, look
from tests.browser.test_pictures import assert_accessible
from tests.pictures import photo
from tests.pipeline.studio import Studio

SEASON: dict[str, Any] = {
    "name": "season",
    "kind": "choice",
    "label": "Season",
    "choices": ["early spring", "deep winter"],
}
LIGHT: dict[str, Any] = {"name": "light", "kind": "text", "label": "Light", "default": "soft light from the left"}
PRESETS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "Walnut shelf": ("{{product}} on a walnut shelf, {{season}}, {{light}}", [SEASON | {"required": True}, LIGHT]),
    "Slate morning": ("{{product}} on dark slate in {{season}}", [SEASON | {"required": True}]),
}
PRODUCTS = [f"Sample {number}" for number in range(10)]


def write_preset(page: Page, name: str) -> None:
    """Through the editor, variable by variable."""
    template, variables = PRESETS[name]
    page.goto(page.url.split("/generate/")[0].split("/presets/")[0] + "/presets/new/")
    page.get_by_label("Name", exact=True).first.fill(name)
    page.locator("#id_template").fill(template)
    for at, variable in enumerate(variables):
        page.get_by_role("button", name="Add a variable").click()
        row = page.locator("fieldset.variable").nth(at)
        row.locator(f"[name=v-{at}-name]").fill(variable["name"])
        row.locator(f"[name=v-{at}-kind]").select_option(variable["kind"])
        row.locator(f"[name=v-{at}-label]").fill(variable["label"])
        row.locator(f"[name=v-{at}-default]").fill(variable.get("default", ""))
        if choices := variable.get("choices"):
            row.locator(f"[name=v-{at}-choices]").fill("\n".join(choices))
        row.locator(f"[name=v-{at}-required]").set_checked(variable.get("required", False))
    page.get_by_role("button", name="Create preset").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def upload(page: Page, folder: Path) -> None:
    for number, name in enumerate(PRODUCTS):
        path = folder / f"{name.lower().replace(' ', '-')}.jpg"
        path.write_bytes(photo(colour=f"#{number}{number}aa33"))
    page.locator("#photos").set_input_files(sorted(folder.iterdir()))
    expect(page.locator("#tray .tray-row", has_text="Sample")).to_have_count(len(PRODUCTS))


def choose(page: Page, *, presets: list[str], shapes: list[str], products: list[str]) -> None:
    for card in page.locator("[data-preset]").all():
        name = card.locator(".preset-name").inner_text()
        card.locator("input[type=checkbox]").set_checked(name in presets, force=True)
    page.get_by_label("Model").select_option("nanobanana")
    for shape in page.locator("input[name=aspect_ratio]").all():
        shape.set_checked(shape.get_attribute("value") in shapes)
    for row in page.locator("#tray .tray-row").all():
        row.locator("input").set_checked(row.locator(".grow > span").inner_text() in products)


def first_batch(page: Page) -> Locator:
    return page.locator("#arriving > .batch").first


def test_ten_products_in_two_presets_and_two_shapes_are_one_press(
    sign_in: SignIn, studio: Studio, tmp_path: Path
) -> None:
    bob, left = sign_in("bob"), studio.left
    for name in PRESETS:
        write_preset(bob, name)
    bob.goto(f"{studio.url}/generate/")
    upload(bob, tmp_path)
    choose(bob, presets=list(PRESETS), shapes=["1:1", "9:16"], products=PRODUCTS)
    button = bob.locator("[data-price-button]")
    expect(button).to_have_text("Generate 40 pictures · 120 credits")
    expect(bob.locator("[data-price-note]")).to_have_text("10 products × 2 presets × 2 shapes × 1")

    button.click()
    expect(bob.get_by_text("Fill in Season.")).to_be_visible()
    assert studio.left == left
    bob.get_by_label("Season", exact=True).select_option("early spring")
    expect(bob.locator("#scene-preview")).to_contain_text("on a walnut shelf, early spring, soft light from the left")
    bob.get_by_text("Different values for individual products").click()
    bob.get_by_label("Season of Sample 3").select_option("deep winter")
    expect(bob.get_by_text("Ready at about")).to_be_visible()
    assert_accessible(bob)
    look(bob, "batch-form")

    button.click()
    batch = first_batch(bob)
    expect(batch).to_contain_text("of 40 pictures")
    look(bob, "batch-running")
    expect(batch.locator(".batch-head")).not_to_contain_text("of 40", timeout=200_000)
    expect(batch.locator(".batch-head")).to_contain_text("40 pictures")
    expect(batch.locator(".job img")).to_have_count(40)
    assert left - studio.left == 120

    expect(bob.locator("#quote")).to_contain_text("All of these already exist.")
    button.click()
    expect(bob.get_by_text("Nothing is charged yet.")).to_be_visible()
    assert_accessible(bob)
    look(bob, "batch-duplicates")
    assert left - studio.left == 120

    bob.locator("input[name=aspect_ratio][value='4:3']").check()
    expect(bob.locator("#quote")).to_contain_text("40 of these already exist.")
    bob.locator(".duplicates summary").click()
    expect(bob.get_by_role("button", name=re.compile("Make only the 20 new ones · 60 credits"))).to_be_visible()

    batch.locator(".job img").first.click()
    receipt = bob.get_by_role("dialog")
    expect(receipt.get_by_role("link", name="Variation")).to_be_visible()
    look(bob, "batch-lightbox")
    receipt.get_by_role("button", name="Make again").click()
    bob.wait_for_url("**/generate/")
    expect(first_batch(bob).locator(".job img")).to_have_count(1)
    assert left - studio.left == 123
