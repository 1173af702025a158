"""The demo team's presets: prompts in words that every model understands, one cover each."""

from dataclasses import dataclass

from dashboard.presets.models import Preset
from dashboard.presets.variables import Variable

Category = Preset.Category
LIGHT = Variable(
    "light", "choice", "Light", default="soft morning", required=True, help="The hour of the day sets the mood.",
    choices=("soft morning", "bright midday", "warm evening", "cool winter"),
)  # fmt: skip
SEASON = Variable(
    "season", "choice", "Season", default="summer", required=True, choices=("spring", "summer", "autumn", "winter")
)
ACCENT = Variable("accent", "colour", "Accent colour", default="coral", required=True, help="Of podium and wall.")
DECORATION = Variable(
    "decoration", "text", "Decoration", default="deep green and red accents", help="What says that it is a feast."
)
PALETTE = (("Coral", "#ef8a71"), ("Sage", "#a9b89c"), ("Sky blue", "#a6cde6"), ("Mustard", "#d3a233"))
BANNED = ("cheap", "miracle")


@dataclass(frozen=True)
class SamplePreset:
    """``shown`` is the SKU of the sample product on the cover."""

    name: str
    category: Preset.Category
    description: str
    template: str
    shown: str
    model: str = "nanobanana2"
    aspect_ratio: str = "1:1"
    num_images: int = 1
    variables: tuple[Variable, ...] = ()


PRESETS = (
    SamplePreset(
        "Marble morning", Category.STUDIO, "Bright and expensive; for beauty, glass and jewellery.",
        "{{product}} on a polished white marble table, {{light}} light from the left, a faint reflection in the "
        "stone, pale grey background. Keep the label sharp and the shape exactly as it is.",
        shown="SER-30", variables=(LIGHT,),
    ),
    SamplePreset(
        "Clean sweep", Category.STUDIO, "The shop listing: nothing but the product.",
        "{{product}} on a seamless white studio sweep, soft even light, a gentle contact shadow, generous empty space "
        "around it. True colours.",
        shown="CRM-50",
    ),
    SamplePreset(
        "Colour block", Category.STUDIO, "One strong colour for a campaign or a banner.",
        "{{product}} on a {{accent}} podium in a studio in front of a {{accent}} wall, hard light from the right, "
        "one crisp shadow, bold and graphic.",
        shown="TUB-75", model="seedream", num_images=2, variables=(ACCENT,),
    ),
    SamplePreset(
        "Dark concrete", Category.STUDIO, "Moody and precise; for tools, coffee and grooming.",
        "{{product}} on dark concrete, charcoal background, one hard light from the left that draws the edges, deep "
        "shadows, low key.",
        shown="COF-250", model="nanobananapro", aspect_ratio="3:4",
    ),
    SamplePreset(
        "Sunlit kitchen", Category.LIFESTYLE, "At home, at breakfast time.",
        "{{product}} on an oak counter in a bright kitchen, warm sunlight through a window on the left, softly blurred "
        "shelves behind.",
        shown="MUG-01", model="kontext-pro", aspect_ratio="4:3",
    ),
    SamplePreset(
        "Linen and shelf", Category.LIFESTYLE, "Quiet and handmade; for home and body care.",
        "{{product}} on folded linen on a wooden shelf, soft daylight from the right, beige plaster wall, calm and "
        "natural.",
        shown="CAN-01", model="kontext-max",
    ),
    SamplePreset(
        "City dusk", Category.LIFESTYLE, "Evening energy, for social formats.",
        "{{product}} on wet stone in a city at dusk, warm street lights blurred in the background, cool blue sky, "
        "reflections on the ground.",
        shown="COF-250", model="kontext-max", aspect_ratio="9:16",
    ),
    SamplePreset(
        "Forest clearing", Category.LIFESTYLE, "Outdoors, natural, sustainable.",
        "{{product}} on a mossy log in a green {{season}} forest, soft light through the leaves, the background out of "
        "focus.",
        shown="MUG-01", model="kontext-pro", aspect_ratio="4:3", variables=(SEASON,),
    ),
    SamplePreset(
        "Beach noon", Category.SEASONAL, "Summer: holiday light and open sky.",
        "{{product}} on fine sand at the beach, turquoise water behind, warm sun from the right, a clear blue sky.",
        shown="TUB-75", model="seedream", aspect_ratio="4:3",
    ),
    SamplePreset(
        "Festive evening", Category.SEASONAL, "December gifting.",
        "{{product}} on dark wood in a festive setting, warm golden lights blurred in the background, "
        "{{decoration}}, soft light from the left.",
        shown="CAN-01", model="nanobananapro", variables=(DECORATION,),
    ),
    SamplePreset(
        "Spring pastel", Category.SEASONAL, "A fresh start: pastel colours and airy light.",
        "{{product}} on a pale pink podium in a studio, soft spring light from the left, mint background, airy and "
        "fresh.",
        shown="VAS-02", model="seedream",
    ),
    SamplePreset(
        "Clear water", Category.SEASONAL, "Hot days: cool, wet, refreshing.",
        "{{product}} in shallow clear water, bright ripples, soft light from the right, pale aqua background.",
        shown="SER-30", aspect_ratio="3:4",
    ),
)  # fmt: skip
