"""The demo team's products. Their photos are drawn here, so that the project ships no pictures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from dashboard.demo.distance_fields import Array, box, hexagon, pouch, strap, turned, union, welded
from dashboard.demo.labels import LabelLine, label, pressed, wrapped
from dashboard.demo.materials import banded, speckles, tinted
from dashboard.demo.photographing import Set, SolidPart, cut_out, on_paper
from dashboard.demo.studio import Material, plain

CLEAR = "#00000000"


@dataclass(frozen=True)
class SampleProduct:
    """``draw`` gives the photo's bytes, PNG with alpha or JPEG."""

    name: str
    sku: str
    tags: tuple[str, ...]
    draw: Callable[[], bytes]


def camp_mug() -> bytes:
    navy = "#22344f"
    bowl = turned(
        [
            (0, 0, 0),
            (0.46, 0, 0.07),
            (0.485, 0.9, 0),
            (0.51, 0.94, 0.02),
            (0.485, 0.965, 0.02),
            (0.452, 0.93, 0.02),
            (0.43, 0.07, 0.08),
            (0, 0.07, 0),
        ]
    )
    handle = strap((0.235, 0.27), (0.53, 0.5), 0.17, (0.036, 0.062), 0.03)

    def hung(p: Array) -> Array:
        outside: Array = np.maximum(handle(p), np.float32(0.47) - np.hypot(p[0], p[2]))
        return outside

    art = label(
        (1100, 760),
        CLEAR,
        [LabelLine("NORTHWIND", 0.80, 0.105, 0.22, 0.035, navy), LabelLine("TRAIL CAMP", 0.93, 0.062, 0.3, 0, navy)],
    )
    draw = ImageDraw.Draw(art)
    for peak, (x, y, reach) in enumerate(((430, 210, 210), (640, 130, 290))):
        ridge = [(x - reach, y + reach * 1.25), (x, y), (x + reach, y + reach * 1.25)]
        draw.polygon(ridge, fill=("#c8553d", navy)[peak])
        cap = reach * 0.3
        draw.polygon(
            [
                (x, y),
                (x + cap, y + cap * 1.25),
                (x + cap * 0.35, y + cap),
                (x, y + cap * 1.35),
                (x - cap * 0.4, y + cap),
                (x - cap, y + cap * 1.25),
            ],
            fill="#f6f1e6",
        )
    draw.rectangle((100, 492, 1000, 540), fill=CLEAR)
    enamel = Material(banded(("#f4eee1", navy), (0.925,)), 0.12)
    return cut_out(
        Set(
            [
                SolidPart(
                    welded(bowl, hung, 0.05),
                    enamel,
                    [
                        Material(
                            wrapped(speckles((1100, 700), 420, "#22344fcc", 5, seed=4), low=0.02, high=0.92, arc=150),
                            0.12,
                        ),
                        Material(wrapped(art, low=0.16, high=0.82, arc=108, turn=-14), 0.12),
                    ],
                ),
            ],
            width=1.95,
            middle=0.47,
        )
    )


def repair_serum() -> bytes:
    bottle = turned([(0, 0, 0), (0.42, 0, 0.06), (0.42, 1.08, 0.14), (0.17, 1.27, 0.09), (0.17, 1.45, 0), (0, 1.45, 0)])
    collar = turned([(0, 1.38, 0), (0.2, 1.38, 0.012), (0.2, 1.66, 0.02), (0.12, 1.68, 0.01), (0, 1.68, 0)])
    bulb = turned([(0, 1.66, 0), (0.115, 1.66, 0), (0.13, 1.86, 0.1), (0.105, 2.12, 0.1), (0, 2.12, 0)])
    paper = label(
        (1500, 860),
        "#f3eee4",
        [
            LabelLine("NORTHWIND", 0.27, 0.105, 0.28, 0.02),
            LabelLine("BOTANICS", 0.37, 0.05, 0.5),
            LabelLine("Repair Serum", 0.65, 0.095, 0.02),
            LabelLine("niacinamide 10 %  ·  squalane", 0.75, 0.045, 0.04),
            LabelLine("30 ml   1.0 fl. oz.", 0.91, 0.042, 0.06),
        ],
        [(0.475, 0.12, "#a5713a")],
    )
    return on_paper(
        Set(
            [
                SolidPart(
                    bottle,
                    Material(tinted("#2a0f04", "#a94f12", level=1.13), 0.03, 1.1),
                    [Material(wrapped(paper, low=0.17, high=0.96, arc=196), 0.62)],
                ),
                SolidPart(collar, Material(plain("#b98d4f"), 0.16, metal=True)),
                SolidPart(bulb, Material(plain("#1d1c1c"), 0.42)),
            ],
            width=2.75,
            middle=1.02,
        )
    )


def day_moisturiser() -> bytes:
    jar = turned([(0, 0, 0), (0.6, 0, 0.11), (0.6, 0.54, 0.07), (0.5, 0.56, 0.02), (0, 0.56, 0)])
    lid = turned([(0, 0.55, 0), (0.605, 0.55, 0.018), (0.605, 0.88, 0.035), (0, 0.895, 0)])
    art = label(
        (1300, 560),
        CLEAR,
        [
            LabelLine("NORTHWIND", 0.36, 0.15, 0.28, 0.025, "#4d5a50"),
            LabelLine("BOTANICS", 0.52, 0.07, 0.5, 0, "#4d5a50"),
            LabelLine("Day Moisturiser  ·  oat & calendula", 0.76, 0.083, 0.03, 0, "#4d5a50"),
            LabelLine("50 ml   1.7 fl. oz.", 0.9, 0.06, 0.06, 0, "#4d5a50"),
        ],
    )
    return cut_out(
        Set(
            [
                SolidPart(
                    jar, Material(plain("#efeeea"), 0.3), [Material(wrapped(art, low=0.06, high=0.5, arc=104), 0.35)]
                ),
                SolidPart(lid, Material(plain("#cfae86"), 0.3, metal=True)),
            ],
            width=1.75,
            middle=0.43,
        )
    )


def fig_candle() -> bytes:
    glass = turned(
        [(0, 0, 0), (0.47, 0, 0.05), (0.49, 1.05, 0.018), (0.46, 1.05, 0.018), (0.44, 0.82, 0), (0, 0.82, 0)]
    )
    wax = turned([(0, 0.7, 0), (0.45, 0.7, 0), (0.45, 0.85, 0.03), (0.1, 0.83, 0.05), (0, 0.83, 0)])
    wick = turned([(0, 0.8, 0), (0.018, 0.8, 0), (0.016, 0.96, 0.01), (0, 0.965, 0)])
    paper = label(
        (900, 900),
        "#efe8da",
        [
            LabelLine("NORTHWIND", 0.24, 0.085, 0.28, 0.02),
            LabelLine("HOME", 0.32, 0.045, 0.6),
            LabelLine("Fig", 0.58, 0.21, 0.02),
            LabelLine("LEAF, CEDAR, WARM EARTH", 0.70, 0.04, 0.22),
            LabelLine("220 g   40 h", 0.9, 0.045, 0.08),
        ],
        [(0.39, 0.16, "#7a7f5c")],
    )
    return on_paper(
        Set(
            [
                SolidPart(
                    glass,
                    Material(tinted("#2f3a2a", "#7f8f63"), 0.04, 1.1),
                    [Material(wrapped(paper, low=0.2, high=0.8, arc=74), 0.66)],
                ),
                SolidPart(wax, Material(plain("#efe6cf"), 0.5)),
                SolidPart(wick, Material(plain("#d9cfb8"), 0.9)),
            ],
            width=1.9,
            middle=0.5,
        )
    )


def stoneware_vase() -> bytes:
    body = turned(
        [
            (0, 0, 0),
            (0.3, 0, 0.05),
            (0.66, 0.72, 0.42),
            (0.2, 1.2, 0.22),
            (0.155, 1.48, 0.12),
            (0.23, 1.7, 0.012),
            (0.2, 1.72, 0.012),
            (0.125, 1.48, 0.1),
            (0.15, 1.2, 0.1),
            (0, 0.9, 0),
        ]
    )
    glaze = banded(("#b08a66", "#e6dfd1"), (0.42,), wave=0.02)
    dots = speckles((2400, 1400), 2600, "#5b4433b0", 4, seed=9)
    return cut_out(
        Set(
            [SolidPart(body, Material(glaze, 0.55), [Material(wrapped(dots, low=0, high=1.72, arc=360), 0.6)])],
            width=2.3,
            middle=0.83,
        )
    )


def hand_balm() -> bytes:
    cap = turned([(0, 0, 0), (0.3, 0, 0.03), (0.3, 0.34, 0.02), (0, 0.35, 0)])
    tube = pouch(1.45, (0.37, 0.335), 0.02, squarings=1, taper=1)
    seam = box((0.372, 0.075, 0.022), (0, 1.83, 0), 0.012)

    def raised(p: Array) -> Array:
        return tube(p - np.array([[0], [0.36], [0]], np.float32))

    art = label(
        (700, 1200),
        CLEAR,
        [
            LabelLine("NORTHWIND", 0.2, 0.058, 0.26, 0.025, "#f6f2e6"),
            LabelLine("BOTANICS", 0.25, 0.028, 0.5, 0, "#f6f2e6"),
            LabelLine("Hand", 0.52, 0.135, 0, 0, "#f6f2e6"),
            LabelLine("Balm", 0.635, 0.135, 0, 0, "#f6f2e6"),
            LabelLine("sage & shea butter", 0.72, 0.036, 0.05, 0, "#f6f2e6"),
            LabelLine("75 ml   2.5 fl. oz.", 0.9, 0.03, 0.06, 0, "#f6f2e6"),
        ],
        [(0.31, 0.12, "#f6f2e6")],
    )
    sage = "#7f9a83"
    return cut_out(
        Set(
            [
                SolidPart(
                    union(raised, seam),
                    Material(plain(sage), 0.34),
                    [Material(pressed(art, low=0.42, high=1.74, half=0.36), 0.34)],
                ),
                SolidPart(cap, Material(plain("#e9e5da"), 0.3)),
            ],
            width=2.4,
            middle=0.95,
        )
    )


def house_espresso() -> bytes:
    bag = pouch(1.5, (0.56, 0.25), 0.02, squarings=3, taper=2)
    seal = box((0.556, 0.09, 0.02), (0, 1.58, 0), 0.012)

    def creased(p: Array) -> Array:
        distance = bag(p)
        near = np.nonzero(distance < 0.06)[0]
        x, y = p[0, near], p[1, near]
        folds = np.sin(9 * x + 5 * y) * np.sin(4 * y - 3 * x) + np.float32(0.6) * np.sin(17 * x - 8 * y + 1)
        distance[near] += np.float32(0.006) * folds * np.clip(y * np.float32(1.2), 0.25, 1)
        return distance

    art = label(
        (1120, 1500),
        CLEAR,
        [
            LabelLine("NORTHWIND", 0.3, 0.07, 0.2, 0.04, "#f3ead8"),
            LabelLine("COFFEE ROASTERS", 0.345, 0.028, 0.35, 0, "#f3ead8"),
            LabelLine("House", 0.62, 0.105, 0, 0.02, "#2a211b"),
            LabelLine("Espresso", 0.70, 0.105, 0, 0.02, "#2a211b"),
            LabelLine("cocoa, hazelnut, dark cherry", 0.755, 0.031, 0.04, 0, "#2a211b"),
            LabelLine("250 g   WHOLE BEAN", 0.88, 0.03, 0.14, 0, "#f3ead8"),
        ],
    )
    under = Image.new("RGBA", art.size, CLEAR)
    ImageDraw.Draw(under).rectangle((0, 760, 1120, 1180), fill="#e2703a")
    under.alpha_composite(art)
    return cut_out(
        Set(
            [
                SolidPart(
                    union(creased, seal),
                    Material(plain("#26252a"), 0.58),
                    [Material(pressed(under, low=0.0, high=1.5, half=0.56), 0.58)],
                )
            ],
            width=2.2,
            middle=0.8,
        )
    )


def blossom_honey() -> bytes:
    jar = hexagon(0.47, 0.0, 0.98, 0.06)
    neck = turned([(0, 0.9, 0), (0.36, 0.9, 0), (0.36, 1.1, 0), (0, 1.1, 0)])
    lid = turned([(0, 1.03, 0), (0.41, 1.03, 0.012), (0.41, 1.25, 0.035), (0, 1.26, 0)])
    paper = label(
        (620, 900),
        "#f6efdf",
        [
            LabelLine("NORTHWIND", 0.2, 0.062, 0.2, 0.03),
            LabelLine("APIARY", 0.265, 0.036, 0.5),
            LabelLine("Blossom", 0.55, 0.115, 0),
            LabelLine("Honey", 0.67, 0.115, 0),
            LabelLine("raw, from lime trees", 0.77, 0.042, 0.03),
            LabelLine("350 g", 0.9, 0.045, 0.1),
        ],
        [(0.32, 0.2, "#c8862a"), (0.05, 0.86, "#c8862a"), (0.95, 0.86, "#c8862a")],
    )
    return on_paper(
        Set(
            [
                SolidPart(
                    union(jar, neck),
                    Material(tinted("#8a4507", "#f4a71f", level=0.93), 0.04, 0.7),
                    [Material(pressed(paper, low=0.14, high=0.84, half=0.235), 0.66)],
                ),
                SolidPart(lid, Material(plain("#d2a95a"), 0.22, metal=True)),
            ],
            width=2.0,
            middle=0.6,
        )
    )


PRODUCTS = (
    SampleProduct("Camp mug", "MUG-01", ("home", "outdoor"), camp_mug),
    SampleProduct("Repair serum", "SER-30", ("botanics",), repair_serum),
    SampleProduct("Day moisturiser", "CRM-50", ("botanics",), day_moisturiser),
    SampleProduct("Fig candle", "CAN-01", ("home",), fig_candle),
    SampleProduct("Stoneware vase", "VAS-02", ("home",), stoneware_vase),
    SampleProduct("Hand balm", "TUB-75", ("botanics",), hand_balm),
    SampleProduct("House espresso", "COF-250", ("pantry",), house_espresso),
    SampleProduct("Blossom honey", "HON-350", ("pantry",), blossom_honey),
)
