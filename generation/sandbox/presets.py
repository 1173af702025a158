"""The provider's own templates: data, not rows."""

from generation.contract import ContractError, ErrorCode, RemotePreset

CATEGORIES = ("lifestyle", "studio", "seasonal", "custom")
TYPES = ("system", "user")
_SINCE = "2026-01-01T00:00:00.000Z"


def _system(preset_id: str, name: str, category: str, description: str, prompt: str, *models: str) -> RemotePreset:
    return RemotePreset(
        preset_id=f"preset_{preset_id}",
        name=name,
        description=description,
        category=category,
        type="system",
        thumbnail_url="",
        prompt=prompt,
        created_at=_SINCE,
        recommended_models=models or ("nanobanana2",),
    )


PRESETS = (
    _system(
        "white_sweep", "Clean white sweep", "studio",
        "The shop listing: nothing but the product.",
        "The product on a seamless white studio sweep, soft even light from both sides, a gentle contact shadow, "
        "generous empty space around it",
        "nanobanana2", "nanobanana",
    ),
    _system(
        "marble_morning", "Marble morning", "studio",
        "Bright and expensive, for beauty and jewellery.",
        "The product on a polished white marble table, soft morning light from the left, a faint reflection in the "
        "stone, pale grey background",
        "nanobanana2", "nanobananapro",
    ),
    _system(
        "bold_colour", "Bold colour block", "studio",
        "One strong colour for a campaign or a banner.",
        "The product in a studio in front of a saturated coral wall on a floor of the same colour, hard light from "
        "the right, one crisp shadow",
        "seedream", "nanobanana2",
    ),
    _system(
        "dark_concrete", "Dark concrete", "studio",
        "Moody and technical, for tools and electronics.",
        "The product on a dark concrete surface, charcoal background, one hard light from the left that draws the "
        "edges, deep shadows",
        "gpt-high", "nanobananapro",
    ),
    _system(
        "kitchen_counter", "Sunlit kitchen", "lifestyle",
        "At home, in use, at breakfast time.",
        "The product on an oak wood counter in a bright kitchen, warm sunlight through a window on the left, softly "
        "blurred shelves behind",
        "kontext-pro", "nanobanana2",
    ),
    _system(
        "linen_shelf", "Linen and shelf", "lifestyle",
        "Quiet and handmade, for home and clothing.",
        "The product on a folded linen fabric on a wooden shelf, soft daylight, beige plaster wall, calm and natural",
        "kontext-max", "nanobanana2",
    ),
    _system(
        "city_dusk", "City at dusk", "lifestyle",
        "Evening energy for shoes, bags and gadgets.",
        "The product on wet stone in a city at dusk, warm street lights blurred in the background, cool blue sky, "
        "reflections on the ground",
        "kontext-max", "gpt-high",
    ),
    _system(
        "forest_floor", "Forest clearing", "lifestyle",
        "Outdoors, natural, sustainable.",
        "The product on a mossy wood log in a green forest, soft light through the leaves, the background out of focus",
        "kontext-pro", "seedream",
    ),
    _system(
        "beach_summer", "Summer beach", "seasonal",
        "Holiday light and open sky.",
        "The product on fine sand at the beach, turquoise water behind, warm sun from the right, a clear blue sky",
        "seedream", "nanobanana2",
    ),
    _system(
        "winter_festive", "Festive evening", "seasonal",
        "December gifting.",
        "The product on dark wood in a festive setting, warm golden lights blurred in the background, deep green and "
        "red accents, soft light from the left",
        "nanobananapro", "nanobanana2",
    ),
    _system(
        "spring_pastel", "Spring pastel", "seasonal",
        "Fresh start: pastel colours and airy light.",
        "The product on a pale pink studio podium, soft spring light, pastel mint background, airy and fresh",
        "seedream", "nanobanana2",
    ),
    _system(
        "autumn_wood", "Autumn warmth", "seasonal",
        "Harvest colours for food and home.",
        "The product on rustic walnut wood, warm low light from the right, amber and rust coloured background out of "
        "focus",
        "kontext-pro", "nanobanana2",
    ),
)  # fmt: skip


def find(preset_id: str) -> RemotePreset:
    """Raises ``ContractError(not_found)``."""
    for preset in PRESETS:
        if preset.preset_id == preset_id:
            return preset
    raise ContractError(ErrorCode.NOT_FOUND, "Preset not found: preset_id")


def select(*, category: str, type: str) -> tuple[RemotePreset, ...]:
    """The presets of a category and type; empty means all."""
    return tuple(preset for preset in PRESETS if category in ("", preset.category) and type in ("", preset.type))
