"""The words a prompt may use and what they stand for."""

from __future__ import annotations

from .colour import Colour, hexed


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


def _colours(text: str) -> dict[str, Colour]:
    """Colours of a "name code, name code" list; names may hold spaces."""
    pairs = (entry.rsplit(" ", 1) for entry in text.split(", "))
    return {name: hexed(code) for name, code in pairs}


# Behind "no": what may follow before the thing itself, and where what is ruled out ends.
FILLERS = _list("any, a, an, the, use, using, show, showing, add, on, in, at, be, of, have")
ENDS = _list("on, in, at, with, against, but, only, just, before, behind, under, over, near, by, for, to, from")

SURFACES = {
    "marble": _list("marble, carrara, calacatta, onyx, quartz"),
    "wood": _list(
        "wood, wooden, oak, walnut, timber, plank, planks, birch, pine table, teak, bamboo, log, butcher block, "
        "cutting board, crate, bark, stump, tree trunk"
    ),
    "concrete": _list(
        "concrete, cement, stone, stones, slate, granite, plaster, terrazzo, rock, rocks, asphalt, pavement, "
        "sidewalk, cobblestone, travertine, limestone, pebbles"
    ),
    "sand": _list(
        "sand, sandy, dune, dunes, moon surface, on the moon, lunar, mars, martian, seabed, ocean floor, sea bed"
    ),
    "snow": _list("snow, snowy, snow-covered, frost, ice, icy, snowdrift"),
    "grass": _list("grass, grassy, lawn, turf, moss, mossy, clover, pitch, astroturf"),
    "fabric": _list(
        "linen, fabric, cloth, cotton, tablecloth, silk, satin, velvet, canvas, textile, blanket, wool, knit, "
        "bed, bedding, bed sheets, duvet, quilt, rug, carpet, sofa, couch, armchair, towel, towels, muslin, burlap"
    ),
    "gingham": _list("gingham, picnic, picnic blanket, checked cloth, checkered tablecloth, tartan, plaid"),
    "water": _list("water, pool, ripples, puddle, splash, lake surface"),
    "rubber": _list("rubber floor, gym mat, yoga mat, gym floor"),
    "metal": _list(
        "metal, steel, stainless steel, brushed steel, aluminium, aluminum, chrome, brass, copper sheet, "
        "metallic surface, "
        "corrugated iron, tin sheet"
    ),
    "glass": _list(
        "frosted glass, tinted glass, on glass, blue glass, glass block, glass blocks, glass shelf, glass shelves, "
        "glass surface, glass plate, ice cubes"
    ),
    "plain": _list("plain, seamless, paper, acrylic, glossy surface, mirror, glass table"),
}
SETTINGS = {
    "kitchen": _list("kitchen, countertop, counter, breakfast, bakery, pantry, cooking, dining table, dining room"),
    "bathroom": _list("bathroom, bath, bathtub, shower, spa, washbasin, sink, vanity, tiles, tiled, wellness"),
    "shelf": _list("shelf, shelves, bookshelf, library, bookcase, mantelpiece, console table, sideboard"),
    "sofa": _list("sofa, couch, armchair, living room, lounge, living area, coffee table"),
    "bedroom": _list("bedroom, nightstand, bedside, bed, bedding, bed sheets, duvet, pillows, hotel room"),
    "desk": _list("desk, desktop, office, workspace, workplace, workstation, home office, study, classroom, laptop"),
    "fridge": _list("fridge, refrigerator, freezer, icebox, cool box, chilled shelf, ice cubes"),
    "gym": _list("gym, fitness, workout, dumbbells, dumbbell, crossfit, locker room, weight room, sports hall"),
    "store": _list("store, supermarket, shop shelf, shop window, grocery, boutique, retail, market, aisle, showroom"),
    "cafe": _list(
        "cafe, café, coffee shop, coffeehouse, restaurant, bistro, pub, in a bar, at a bar, bar counter, cocktail bar, "
        "diner, wine cellar"
    ),
    "beach": _list("beach, sea, ocean, seaside, coast, shore, tropical, island, summer holiday, seashore, poolside"),
    "desert": _list("desert, dune, dunes, sahara, canyon, mars, martian, savanna, wild west"),
    "forest": _list("forest, woods, woodland, jungle, rainforest, foliage, ferns, campsite"),
    "garden": _list(
        "garden, meadow, lawn, park, picnic, grass, greenhouse, flower field, flower bed, cherry blossom, orchard, "
        "backyard, terrace, patio, balcony, vineyard, countryside, farm, wheat field, open field, wildflowers, "
        "football pitch, golf course"
    ),
    "autumn": _list("autumn forest, autumn park, fall leaves, autumn leaves, fallen leaves, pumpkin, pumpkins"),
    "snow": _list(
        "snow, snowy, snow-covered, snowdrift, snowfall, winter wonderland, glacier, arctic, ski, ski slope, igloo, "
        "frozen lake, snowstorm, blizzard, north pole"
    ),
    "mountain": _list(
        "mountain, mountains, mountaintop, hill, hills, trail, hiking, peak, summit, lake, riverbank, river, "
        "waterfall, cliff, valley, fjord"
    ),
    "sky": _list("clouds, cloud, dreamy clouds, heaven, heavenly, above the clouds, in the sky"),
    "underwater": _list("underwater, under water, under the sea, coral reef, aquarium, deep sea, ocean floor"),
    "space": _list(
        "outer space, in space, deep space, space scene, space background, galaxy, galaxies, stars, starry, "
        "starry sky, nebula, cosmos, cosmic, planet, planets, the moon, moon surface, lunar, orbit, astronaut, "
        "zero gravity, universe, milky way"
    ),
    "city": _list(
        "city, urban, street, skyline, rooftop, downtown, nightlife, cyberpunk, sidewalk, alley, subway, graffiti, "
        "traffic, tokyo, new york, paris, london"
    ),
    "festive": _list(
        "festive, christmas, xmas, holiday season, fairy lights, new year, new year's eve, party, celebration, diwali, "
        "advent, santa, birthday, halloween, valentine, valentine's, valentines, eid, hanukkah, fireplace, wedding"
    ),
}
# Words for a season, an hour or a mood: they choose a place only where no word names one.
MOODS = {
    "shelf": _list("interior, home, cosy, cozy, hygge, indoors"),
    "forest": _list("nature, outdoor, outdoors, wilderness, woodsy"),
    "garden": _list("spring, springtime, floral, blossom, blossoms, flowers"),
    "autumn": _list("autumn, autumnal, harvest, thanksgiving"),
    "snow": _list("winter, wintry, frozen, frosty, icy, ice"),
    "sky": _list("sky, dreamy, airy clouds"),
    "city": _list("neon, night, dusk, evening, twilight"),
    "festive": _list("holiday, holidays, gift, gifts, bokeh, candles"),
}
STUDIO = _list(
    "studio, sweep, backdrop, podium, plinth, pedestal, seamless, minimal, minimalist, editorial, packshot, "
    "catalogue, catalog, e-commerce, ecommerce, gradient"
)
LIGHT_SIDES = {
    "left": _list(
        "from the left, from left, upper left, top left, camera left, on the left, left side, left light, "
        "light left, left-hand, side light left"
    ),
    "right": _list(
        "from the right, from right, upper right, top right, camera right, on the right, right side, right light, "
        "light right, right-hand"
    ),
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
    "flat lay, flatlay, flat-lay, overhead shot, overhead view, overhead photo, overhead composition, "
    "directly overhead, "
    "shot overhead, from overhead, straight overhead, top view, top-down, top down, from above, bird's eye, knolling"
)
HOVERING = _list(
    "floating, floats, levitating, levitation, hovering, mid-air, midair, mid air, weightless, zero gravity, flying, "
    "suspended in the air"
)
HANGING = _list(
    "hanging, hangs, hung, hanger, clothes rail, clothing rack, clothes rack, coat rack, on a hook, on a peg, "
    "on a rail, on a model, worn by, wearing, mannequin"
)
ROOMY = _list(
    "copy space, copyspace, negative space, empty space, white space, space around, room around, space for text, "
    "wide margins, generous margins, breathing room, lots of space"
)
CLOSE = _list("close-up, close up, closeup, macro, fills the frame, fill the frame, filling the frame, tight crop")
DAYTIME = _list(
    "day, daytime, daylight, sunny, morning, noon, midday, afternoon, street, sidewalk, alley, sunlight, sunlit"
)
AFTER_DARK = _list("night, nightlife, dusk, evening, neon, twilight, sunset, cyberpunk, lights, after dark, moody")
OCCASIONS = {
    "halloween": _list("halloween, spooky"),
    "love": _list("valentine, valentine's, valentines, mother's day, wedding, anniversary, romantic"),
    "party": _list("party, birthday, new year, new year's eve, celebration, carnival, diwali, eid, champagne"),
    "fire": _list("fireplace, campfire, hearth, bonfire"),
}
# What lies around the product.
PROPS = {
    "autumn leaves": _list("autumn leaves, fall leaves, fallen leaves, dry leaves, maple leaves, scattered leaves"),
    "green leaves": _list("green leaves, fern leaves, mint leaves, scattered herbs"),
    "petals": _list("petals, rose petals, flower petals, blossoms, cherry blossom, cherry blossoms"),
    "pebbles": _list("pebbles, stones around, river stones, seashells, shells"),
    "confetti": _list("confetti, new year's eve, birthday, party"),
    "twigs": _list(
        "pine branches, fir branches, pine twigs, fir twigs, baubles, christmas decorations, christmas ornaments"
    ),
}
GLOSSY = _list("glossy, polished, mirror, reflection, reflective, wet, shiny, acrylic, glass")
# What a product is, by the last of these nouns in its name. What is in none is judged by its outline alone.
KINDS = {
    "limp": _list(
        "hoodie, shirt, t-shirt, tshirt, tee, tank top, crop top, sweater, sweatshirt, jacket, dress, skirt, "
        "beanie, scarf, "
        "jumper, pullover, cardigan, blouse, polo, vest, trouser, pant, jean, short, legging, sock, coat, parka, "
        "glove, mitten, tie, blanket, towel, apron, swimsuit, bikini, pyjama, pajama, robe, underwear, bra, onesie, "
        "bodysuit, kimono, poncho, shawl, bandana, flag, tote bag, tote, cape, overall, jersey, tunic, uniform, "
        "pillowcase, tablecloth, curtain"
    ),
    "firm": _list(
        "bottle, can, jar, mug, cup, glass, box, tube, candle, shoe, sneaker, boot, sandal, plimsoll, trainer, heel, "
        "loafer, bag, backpack, suitcase, lamp, vase, book, card, juice, wine, beer, perfume, serum, cream, lotion, "
        "soap, shampoo, speaker, headphone, camera, phone, laptop, watch, chair, table, toy, plant, pot, pan, kettle, "
        "knife, ball, cushion, pillow, hat, cap, helmet, sunglass, sunglasses, glasses, tin, packet, pouch, jug, "
        "teapot, thermos, flask, tumbler, bowl, plate, dispenser, spray, lipstick, mascara, palette, wallet, belt"
    ),
}

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
    "plaster, water, pool, sky, floor, sofa, couch, bed, wallpaper, cyclorama, cube, grass, rug, carpet, blanket"
)
# What else may follow a scene word without being a thing of its own, as in "beach vibes" but not "beach towel".
NEUTRAL = _list(
    "scene, setting, scenery, set-up, vibe, vibes, mood, style, look, aesthetic, theme, themed, atmosphere, "
    "composition, environment, shot, photo, photograph, photography, picture, image, product, render, mockup, "
    "flatlay, lay, floor, ground, top, edge, corner, clearing, path, front, side, left, right, center, centre, "
    "morning, afternoon, evening, day, night, season, summer, wonderland, dream, landscape, view, display, stand, "
    "soft, hard, bright, dark, light, pale, warm, cool, natural, minimal, clean, simple, elegant, luxury, rustic, "
    "seamless, pure, empty, blurred, blurry, polished, crumpled, folded, fresh, raw, rough, smooth, old, modern"
)
LIGHT_NOUNS = _list(
    "light, lighting, lights, sun, sunlight, daylight, glow, shadow, shadows, rays, hour, sunset, sunrise, bokeh, "
    "reflection, reflections, background, backdrop, wall, surface"
)
# A colour word before one of these is no colour of the scene.
NOT_A_COLOUR_BEFORE = _list(
    "hour, light, lighting, juice, wine, sunlight, glow, card, coast, tea, rays, bottle, mug, cup, shoe, "
    "shoes, sneaker, sneakers, hoodie, beanie, glasses, sunglasses, product, label, cap, hat, cushion, "
    "pillow, balance, slices, fruit, space, towel, noise, label, logo, text, bag, box, jar, tube, dress, shirt"
)
# How far towards white, or below 0 towards black, a word before a colour takes it.
SHADES = {"pale": 0.55, "light": 0.45, "soft": 0.3, "pastel": 0.5, "dark": -0.45, "deep": -0.3}
MATERIAL_TONES = _colours(
    "oak c89f6d, light oak d9ba8c, walnut 6b4630, birch dfc7a0, pine d8b077, teak 9a6a3e, bamboo d8bc82, "
    "driftwood a89b8a, dark wood 4c3222, rustic 8a5f3c, bleached dccdb6, slate 4d5257, granite 8c8a88, "
    "travertine dccbb2, limestone d9d0bf, terrazzo e6dfd5, asphalt 3e4044, plaster ddd6cb, denim 46618a, dark "
    "stone 45474a, black stone 2b2c2e"
)
