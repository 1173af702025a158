"""Invented content for the style guide."""

from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static

PICTURES = {
    "bottle": (360, 480, "Amber dropper bottle on sage"),
    "glasses": (640, 480, "Sunglasses on terracotta"),
    "candle": (480, 480, "Lit candle at dusk"),
    "vase": (768, 432, "Clay vase with eucalyptus on sand"),
    "mug": (480, 480, "Enamel mug on an oak table"),
    "tube": (290, 515, "Hand cream on pink"),
    "sneaker": (640, 480, "Orange sneaker on soft blue"),
    "lamp": (360, 480, "Globe lamp in a warm studio"),
    "tin": (480, 480, "Green tea tin on marble"),
}
MARKS: dict[str, dict[str, Any]] = {
    "bottle": {"badge": "Approved", "badge_tone": "good"},
    "candle": {"favourite": True},
    "mug": {"badge": "Rejected", "badge_tone": "bad"},
}


@dataclass(frozen=True, kw_only=True)
class SampleRailItem:
    url: str
    label: str
    icon: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class SampleTeam:
    pk: str
    name: str


@dataclass(frozen=True)
class SampleMembership:
    role: str

    def get_role_display(self) -> str:
        return self.role


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


def picture(name: str) -> dict[str, Any]:
    width, height, alt = PICTURES[name]
    src = static(f"img/sample-{name}.svg")
    return {
        "url": f"/styleguide/gallery/?open={name}",
        "src": src,
        "width": width,
        "height": height,
        "alt": alt,
        "id": f"img_{name}",
        "selectable": True,
    } | MARKS.get(name, {})


def opened(name: str) -> dict[str, Any]:
    """The context of ``ui/_lightbox_body.html``; empty for no picture."""
    if name not in PICTURES:
        return {}
    names = list(PICTURES)
    at = names.index(name)
    return {
        "picture": picture(name),
        "title": picture(name)["alt"],
        "receipt": RECEIPT,
        "prev_url": picture(names[at - 1])["url"] if at else "",
        "next_url": picture(names[at + 1])["url"] if at + 1 < len(names) else "",
        "download_url": picture(name)["src"],
        "home": "/styleguide/gallery/",
    }


def pictures() -> list[dict[str, Any]]:
    return [picture(name) for name in PICTURES]


def shell(page: str) -> dict[str, Any]:
    """What ``dashboard.shell.context.shell`` gives to real pages."""
    items = [
        ("Generate", "plus", "generate", None),
        ("Gallery", "layout-grid", "gallery", 2418),
        ("Presets", "list", "presets", 24),
        ("Products", "box", "products", 136),
        ("Projects", "folder", "projects", None),
        ("Connection", "plug", "connection", None),
    ]
    team = SampleTeam("team_north", "Northwind")
    return {
        "team": team,
        "teams": [team],
        "user": Person("Alice Moreau", "alice@example.com"),
        "membership": SampleMembership("Owner"),
        "rail": [
            SampleRailItem(url=f"/styleguide/{slug}/", label=label, icon=icon, active=slug == page, count=count)
            for label, icon, slug, count in items
        ],
        "credits_left": 412,
        "pictures_left": 82,
        "connection_notice": "",
        "background_notice": "",
    }


PRODUCTS = [
    ("Camp mug", "MUG-01", "mug", True),
    ("Amber serum", "SER-04", "bottle", True),
    ("Cloud sunglasses", "SUN-11", "glasses", False),
    ("Dash Force 1", "SHO-21", "sneaker", False),
    ("Green sencha", "TEA-02", "tin", False),
]
PRESETS = [
    ("Marble morning", "v4 · 81 %", "tin", True),
    ("Oak shelf", "v2 · 74 %", "mug", False),
    ("Beach noon", "v1 · new", "vase", False),
    ("City dusk", "v6 · 66 %", "candle", False),
]
RECEIPT = [
    {
        "term": "Prompt",
        "text": "Place Camp mug on an oak table, warm light from the left, calm and premium. Keep its exact shape.",
        "long": True,
    },
    {"term": "Model", "text": "nanobanana2"},
    {"term": "Product", "text": "Camp mug · MUG-01"},
    {"term": "Preset", "text": "Oak shelf v2"},
    {"term": "Shape", "text": "1:1 · 1024 × 1024"},
    {"term": "Credits", "text": "5"},
    {"term": "Made by", "text": "Alice Moreau"},
    {"term": "When", "text": "22 November 2026, 10:42"},
    {"term": "Job", "text": "job_01hq3v9k2m"},
]
TABS = [
    {"url": "#", "label": "Connection", "active": True},
    {"url": "#", "label": "Members", "count": 8},
    {"url": "#", "label": "API keys"},
]
JOBS: list[dict[str, Any]] = [
    {"state": "queued", "title": "Camp mug", "shape": "1:1", "count": 1, "note": "5 credits held", "cancel_url": "#"},
    {"state": "submitting", "title": "Amber serum", "shape": "3:4", "count": 1},
    {"state": "submitted", "title": "Dash Force 1", "shape": "16:9", "count": 1, "progress": 64},
    {"state": "submitted", "title": "Green sencha", "shape": "9:16", "count": 3, "progress": 12},
    {"state": "storing", "title": "Cloud sunglasses", "shape": "4:3", "count": 1, "progress": 100},
    {"state": "completed", "title": "Mug", "shape": "1:1", "count": 2, "note": "10 credits", "names": ["mug", "tin"]},
    {
        "state": "failed", "title": "Hand cream", "shape": "3:4", "count": 1, "retry_url": "#", "note": "0 credits",
        "error": "ProductAI could not make this picture. Nothing was charged. Try again, or change the prompt.",
        "provider_message": "generation_failed: upstream model returned no image",
    },
    {"state": "cancelled", "title": "Globe lamp", "shape": "1:1", "count": 1, "note": "5 credits given back"},
    {
        "state": "unknown", "title": "Clay vase", "shape": "1:1", "count": 1,
        "error": "ProductAI did not answer. We are asking whether the job exists before anything is paid twice.",
    },
    {
        "state": "needs_review", "title": "Amber serum", "shape": "3:4", "count": 1, "resolve_url": "#",
        "error": "Nobody can say whether this job ran. Look into your ProductAI account, then choose.",
    },
]  # fmt: skip


def jobs() -> list[dict[str, Any]]:
    return [
        job
        | {
            "id": f"job_sample_{index}",
            "target": f"job_sample_{index}",
            "pictures": [picture(name) | {"id": "", "selectable": False} for name in job.get("names", [])],
        }
        for index, job in enumerate(JOBS)
    ]
