"""Which words mean pure white, and which nothing at all behind the product."""

import pytest

from generation.sandbox.render.prompt import read_prompt


@pytest.mark.parametrize(
    "prompt",
    [
        "pure white background",
        "Product photo on a plain white background, no props",
        "isolated on white",
        "on white",
        "The product on a seamless white studio sweep, a gentle contact shadow, generous empty space around it",
        "background: #FFFFFF",
        "e-commerce packshot",
        "Amazon main image",
        "background must be pure white, RGB 255,255,255",
        "white background without shadow",
        "no shadow and white background",
        "remove the background and put it on white",
        "Freisteller auf weißem Hintergrund",
        "sur fond blanc",
    ],
)
def test_white(prompt: str) -> None:
    assert read_prompt(prompt).ground == "white"


@pytest.mark.parametrize(
    "prompt",
    [
        "transparent background",
        "a transparent PNG",
        "PNG with transparency, no background",
        "cut-out, nothing behind it",
        "background removed, soft shadow",
        "Freisteller",
        "isolated on transparent background",
        "sin fondo, fondo transparente",
    ],
)
def test_nothing(prompt: str) -> None:
    assert read_prompt(prompt).ground == "nothing"


@pytest.mark.parametrize(
    "prompt",
    [
        "on white marble",
        "off-white background",
        "warm white background",
        "no white background, on oak",
        "not on a white background but in a forest",
        "white brick wall",
        "a transparent bottle on wood",
        "no background clutter, oak table",
        "packshot on sage",
        "white background with a soft blue gradient",
        "white podium, white background",
        "in a kitchen with a white wall",
    ],
)
def test_scenes(prompt: str) -> None:
    assert read_prompt(prompt).ground == "scene"


@pytest.mark.parametrize(
    ("prompt", "shadow"),
    [
        ("white background", True),
        ("white background, no shadow", False),
        ("white background, shadow-free", False),
        ("white background without any reflections or shadows", False),
        ("white background, no harsh shadows", True),
        ("transparent background", False),
        ("transparent background with a soft shadow", True),
    ],
)
def test_shadow(prompt: str, *, shadow: bool) -> None:
    assert read_prompt(prompt).shadow is shadow
