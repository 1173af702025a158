"""The words a prompt may use and what they stand for."""

from __future__ import annotations

from .colour import Colour, hexed


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


def _colours(text: str) -> dict[str, Colour]:
    """Colours of a "name code, name code" list; names may hold spaces."""
    pairs = (entry.rsplit(" ", 1) for entry in text.split(", "))
    return {name: hexed(code) for name, code in pairs}


SURFACES = {
    "marble": _list("marble, carrara, calacatta, onyx, quartz"),
    "wood": _list(
        "wood, wooden, oak, walnut, timber, plank, planks, birch, pine table, teak, bamboo, log, butcher block"
    ),
    "concrete": _list(
        "concrete, cement, stone, slate, granite, plaster, terrazzo, rock, asphalt, pavement, travertine, limestone"
    ),
    "sand": _list("sand, sandy, dune, dunes, desert"),
    "snow": _list("snow, snowy, frost"),
    "fabric": _list(
        "linen, fabric, cloth, cotton, tablecloth, silk, satin, velvet, canvas, textile, blanket, wool, knit, "
        "bed, bedding"
    ),
    "water": _list("water, pool, ripples, puddle, splash, lake"),
    "plain": _list("plain, seamless, paper, acrylic, glossy surface, mirror, glass table"),
}
SETTINGS = {
    "kitchen": _list(
        "kitchen, countertop, counter, breakfast, cafe, café, coffee shop, bakery, bathroom, tiles, tiled"
    ),
    "shelf": _list(
        "shelf, shelves, bookshelf, living room, interior, bedroom, home, cosy, cozy, nightstand, desk, office, "
        "mantelpiece"
    ),
    "beach": _list("beach, sea, ocean, seaside, coast, shore, tropical, island, summer holiday"),
    "forest": _list(
        "forest, woods, woodland, jungle, moss, garden, meadow, nature, park, outdoor, outdoors, foliage, "
        "mountain, mountains, trail"
    ),
    "city": _list("city, urban, street, skyline, rooftop, downtown, neon, night, nightlife, dusk, evening, bar"),
    "festive": _list(
        "festive, christmas, xmas, holiday, holidays, fairy lights, new year, party, celebration, winter, gift, "
        "diwali, bokeh"
    ),
    "studio": _list(
        "studio, sweep, backdrop, podium, plinth, pedestal, seamless, minimal, minimalist, editorial, packshot, "
        "catalogue, catalog, e-commerce, ecommerce"
    ),
}
LIGHT_SIDES = {
    "left": _list("from the left, from left, left side, left light, light left, left-hand, side light left"),
    "right": _list("from the right, from right, right side, right light, light right, right-hand"),
}
LIGHT_HARD = _list(
    "hard light, hard shadow, hard shadows, harsh, direct sun, sunlight, sunlit, sunny, bright sun, strong "
    "shadows, crisp shadows, dramatic, dappled, spotlight, hard, midday, sun"
)
LIGHT_SOFT = _list("soft, diffused, diffuse, overcast, gentle, airy, softbox, misty, foggy")
LIGHT_WARM = _list(
    "warm, golden, golden hour, sunset, sunrise, candle, candlelight, amber light, cosy, cozy, autumn, late "
    "afternoon, honeyed, dusk"
)
LIGHT_COOL = _list("cool light, cold, winter, icy, blue hour, moonlight, overcast, crisp morning")
LIGHT_GOLDEN = _list("golden, golden hour, sunset, sunrise, late afternoon")
LIGHT_LOW = _list(
    "moody, low key, low-key, dramatic, noir, shadowy, candlelight, dark background, dark studio, black background"
)
WINDOW = _list("window, windows, blinds, morning light, sunlight, sunlit, sunny, dappled, late afternoon")
LEAVES = _list("leaf, leaves, palm, plant, plants, botanical, eucalyptus, tropical, foliage, monstera, fern, dappled")
PODIUM = _list("podium, plinth, pedestal, platform, pillar, column, stand, block, cube, cylinder")
ARCH = _list("arch, arches, niche, archway, geometric, shapes, art deco")
OVERHEAD = _list(
    "flat lay, flatlay, flat-lay, overhead, top view, top-down, top down, from above, bird's eye, knolling"
)
HOVERING = _list("floating, levitating, levitation, hovering, mid-air, midair, weightless")
GLOSSY = _list("glossy, polished, mirror, reflection, reflective, wet, shiny, acrylic, glass")
GARMENTS = _list(
    "hoodie, shirt, t-shirt, tshirt, sweater, jacket, dress, beanie, hat, cap, scarf, jumper, trousers, "
    "jeans, socks, coat"
)

COLOURS = _colours(
    "white f3f1ee, ivory f2ead9, cream efe3cc, beige dcc9ae, sand-coloured d8c29c, taupe a99584, greige "
    "bdb3a6, grey a9abad, gray a9abad, light grey d3d4d5, light gray d3d4d5, dark grey 4a4c4f, charcoal "
    "35373b, black 232428, sage a9b89c, mint b5dcc6, green 5f8f66, olive 7d7f4b, emerald 1f6f54, forest green "
    "2f5440, dark green 274436, teal 2d7f83, turquoise 5bbdb9, aqua 8fd0d2, sky a6cde6, sky blue a6cde6, "
    "light blue b4d2e7, baby blue bcd8ec, blue 4a7fc1, cobalt 2a50b0, navy 1f2c4d, midnight 161d35, indigo "
    "36377d, lavender c5b9df, lilac cdb8dc, purple 7a559f, violet 7d62b8, plum 5f3557, magenta c0397f, "
    "fuchsia cf3f8d, pink efbcc5, blush eccfc8, dusty pink d9a8a4, rose dea1a6, hot pink e95f9c, coral "
    "ef8a71, salmon f0a088, peach f6c6a6, apricot f3b784, terracotta c4744f, rust a7502e, orange ec8b3f, "
    "amber dd9a36, mustard d3a233, yellow f0cc57, lemon f5e27a, gold c9a24f, red bd3a34, burgundy 6a2233, "
    "maroon 65262b, wine 68263a, brown 7a5639, chocolate 4e3426, caramel bb824c, tan c9a37b, copper b06c46, "
    "silver c3c6ca, pastel e6d3dc, neon d94fd0"
)
# A colour before one of these nouns is the scene's; before any other noun it may be the product's own.
SCENE_NOUNS = _list(
    "background, backdrop, wall, sweep, studio, paper, podium, plinth, pedestal, surface, table, linen, "
    "fabric, cloth, tablecloth, silk, satin, velvet, tones, tone, palette, scene, set, gradient, seamless, "
    "arch, tiles, kitchen, shelf, block, canvas, colour, color, marble, wood, concrete, stone, lights, hues, "
    "plaster, water, pool, sky"
)
# A colour word before one of these is no colour of the scene.
NOT_A_COLOUR_BEFORE = _list(
    "hour, light, lighting, juice, wine, sunlight, glow, card, coast, tea, rays, bottle, mug, cup, shoe, "
    "shoes, sneaker, sneakers, hoodie, beanie, glasses, sunglasses, product, label, cap, hat, cushion, "
    "pillow, balance, slices, fruit"
)
MATERIAL_TONES = _colours(
    "oak c89f6d, light oak d9ba8c, walnut 6b4630, birch dfc7a0, pine d8b077, teak 9a6a3e, bamboo d8bc82, "
    "driftwood a89b8a, dark wood 4c3222, rustic 8a5f3c, bleached dccdb6, slate 4d5257, granite 8c8a88, "
    "travertine dccbb2, limestone d9d0bf, terrazzo e6dfd5, asphalt 3e4044, plaster ddd6cb, denim 46618a, dark "
    "stone 45474a, black stone 2b2c2e"
)
