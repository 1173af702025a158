"""Every kind of picture in the colours that browsers show: eight bits of sRGB, with alpha where it has any."""

import numpy as np
import pyvips

from generation.media import png_colour
from generation.media.png_colour import Light

_PROFILE = "icc-profile-data"
_CHANNELS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_LARGEST = {"uchar": 255, "ushort": 65535}


def to_srgb(picture: pyvips.Image, *, data: bytes) -> pyvips.Image:
    """``picture`` as it was decoded from ``data``. A profile that is broken, or of other channels, is as none."""
    colours, alpha = _parts(picture)
    said = png_colour.chunks(data)
    shown = _by_light(colours, png_colour.coded(said))
    if shown is None:
        shown = _by_profile(colours, png_colour.profile(said) or _embedded(colours))
    if shown is None:
        shown = _by_light(colours, png_colour.measured(said))
    shown = (_plain(colours) if shown is None else shown).cast("uchar")
    return shown if alpha is None else shown.bandjoin(alpha)


def _parts(picture: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    """Colours, and alpha in eight bits."""
    if not picture.hasalpha():
        return picture, None
    alpha = picture[picture.bands - 1]
    return picture.extract_band(0, n=picture.bands - 1), (alpha * (255 / _LARGEST[picture.format])).cast("uchar")


def _plain(colours: pyvips.Image) -> pyvips.Image:
    return _without_black(colours).invert() if colours.bands == 4 else colours.colourspace("srgb")


def _three(colours: pyvips.Image) -> pyvips.Image:
    """Grey as a colour."""
    if colours.bands != 1:
        return colours
    return colours.bandjoin([colours, colours]).copy(interpretation="rgb16" if colours.format == "ushort" else "srgb")


def _without_black(inks: pyvips.Image) -> pyvips.Image:
    """CMYK with black mixed into the other inks, as Chromium does before anything else."""
    paper = inks.invert()
    return (paper.extract_band(0, n=3) * paper[3] / 255).rint().cast("uchar").invert().copy(interpretation="srgb")


def _embedded(colours: pyvips.Image) -> bytes:
    return bytes(colours.get(_PROFILE)) if colours.get_typeof(_PROFILE) else b""


def _by_profile(colours: pyvips.Image, profile: bytes) -> pyvips.Image | None:
    channels = _CHANNELS.get(profile[16:20])
    if channels == 3:
        colours = _three(colours)
    if channels is None:
        return None
    if channels != colours.bands:
        return _plain(colours)
    if channels == 4:
        colours = _without_black(colours).bandjoin(0).copy(interpretation="cmyk")
    colours = colours.copy()
    colours.set_type(pyvips.GValue.blob_type, _PROFILE, profile)
    try:
        return colours.icc_transform("srgb", embedded=True, intent="relative", depth=8)
    except pyvips.Error:
        return None


def _by_light(colours: pyvips.Image, light: Light | None) -> pyvips.Image | None:
    if light is None:
        return None
    samples = np.linspace(0, 1, _LARGEST[colours.format] + 1)
    curve = np.clip(light.curve(samples), 0, 1).astype(np.float32)
    table = pyvips.Image.new_from_memory(curve.tobytes(), len(curve), 1, 1, "float")
    linear = _three(colours).maplut(table).recomb(pyvips.Image.new_from_array(light.matrix.tolist()))
    return linear.copy(interpretation="scrgb").colourspace("srgb")
