"""Cutting the product out of its photo: by its own alpha, or by flooding a plain background from the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from .background import Background, fit_background
from .raster import Array, as_array, blurred, floats, smoothstep
from .regions import Mask, areas, dilated, eroded, label, mask_image, reached_from_border, spread

FINE_SIDE = 1000
COARSE_SIDE = 320
SHADE_MARGIN = 2


@dataclass(frozen=True)
class Cutout:
    """The product as an RGBA picture cropped to its silhouette. `printed` means the whole photo, as a card."""

    image: Image.Image
    printed: bool


def cut_out(photo: Image.Image) -> Cutout:
    """The product alone where that can be told from the photo, otherwise the photo as a rounded print."""
    image = _from_alpha(photo) if photo.mode == "RGBA" else None
    image = image or _from_plain_background(photo.convert("RGB"))
    return Cutout(image, printed=False) if image else Cutout(_print_of(photo), printed=True)


def _from_alpha(photo: Image.Image) -> Image.Image | None:
    alpha = np.asarray(photo.getchannel("A"))
    if (alpha < 128).mean() < 0.01:
        return None
    reduced = photo.copy()
    box = photo.getchannel("A").getbbox()
    if box is None:
        return None
    reduced = photo.crop(box)
    reduced.thumbnail((FINE_SIDE + 200, FINE_SIDE + 200), Image.Resampling.LANCZOS)
    pixels = np.asarray(reduced).copy()
    keep = _without_baked_shadow(pixels)
    pixels[..., 3] = np.where(keep, pixels[..., 3], 0)
    return _cropped(Image.fromarray(pixels))


def _without_baked_shadow(pixels: npt.NDArray[np.uint8]) -> Mask:
    """Everything but the dark see-through smears that many cut-outs carry as a shadow below the product."""
    alpha = pixels[..., 3]
    seen = alpha > 4
    labels, count = label(seen)
    if count == 0:
        return seen
    solid = areas(np.where(alpha > 200, labels, 0).astype(np.int32), count)
    whole = areas(labels, count)
    keep = solid > 0.25 * whole
    keep[np.argmax(solid[1:]) + 1] = True
    keep &= whole > 0.0004 * alpha.size
    keep[0] = False
    kept = keep[labels]
    smear = kept & (alpha < 170) & (pixels[..., :3].max(axis=2) < 70)
    grown = dilated(kept & (alpha > 200), 4)
    outside = reached_from_border(np.pad(~kept | (smear & ~grown), 1, constant_values=True))[1:-1, 1:-1]
    return kept & ~outside


def _from_plain_background(photo: Image.Image) -> Image.Image | None:
    coarse = photo.copy()
    coarse.thumbnail((COARSE_SIDE, COARSE_SIDE), Image.Resampling.BOX)
    background = fit_background(np.asarray(coarse, dtype=np.float32))
    if background is None:
        return None
    found = _object_mask(coarse, background, (0.0, 0.0, 1.0, 1.0))
    if not _believable(found):
        return None
    ys, xs = np.nonzero(found)
    margin = 6
    left, right = max(0, int(xs.min()) - margin), min(coarse.width, int(xs.max()) + 1 + margin)
    top, bottom = max(0, int(ys.min()) - margin), min(coarse.height, int(ys.max()) + 1 + margin)
    part = (left / coarse.width, top / coarse.height, right / coarse.width, bottom / coarse.height)
    fine = photo.crop(
        (
            round(part[0] * photo.width),
            round(part[1] * photo.height),
            round(part[2] * photo.width),
            round(part[3] * photo.height),
        )
    )
    fine.thumbnail((FINE_SIDE, FINE_SIDE), Image.Resampling.LANCZOS)
    mask = _object_mask(fine, background, part)
    if mask.mean() < 0.05:
        return None
    return _cropped(_matted(fine, mask, background.over(fine.size, part)))


def _object_mask(image: Image.Image, background: Background, part: tuple[float, float, float, float]) -> Mask:
    """What the background's flood does not reach, without shadows and crumbs."""
    smooth = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    plate = background.over(image.size, part)
    distance = np.abs(smooth - plate).max(axis=2)
    # Compression rings around hard edges stay well below the edge's own contrast.
    peak = spread(_levels(distance), 9)
    alike = distance < np.maximum(background.tolerance, 0.065 * peak)
    outside = reached_from_border(alike)
    radius = 1 + max(image.size) // 300
    mask = _largest(_without_crumbs(_closed(~outside, radius), distance), distance)
    shade = reached_from_border(_shade(image, plate, mask, background) | outside) & ~outside
    unshaded = mask & ~dilated(shade, SHADE_MARGIN + 1)
    if unshaded.sum() > 0.5 * mask.sum():  # otherwise the product itself is as plain as a shadow
        mask = unshaded
    mask = _closed(mask, radius) & ~dilated(eroded(outside & (distance < background.tolerance), 1), 1)
    mask = _largest(_evened(_without_crumbs(mask, distance), distance), distance)
    return _filled(mask, alike, distance, background)


def _evened(mask: Mask, distance: Array) -> Mask:
    """Smooth the outline where the product hardly differs from its background and compression has frayed it."""
    smooth = np.asarray(mask_image(mask).filter(ImageFilter.GaussianBlur(4))) > 127
    return np.where(spread(_levels(distance), 5) < 70, smooth, mask)


def _shade(image: Image.Image, plate: Array, mask: Mask, background: Background) -> Mask:
    """Where the lower part of the mask may be the background itself, only darkened: untinted and without an edge.

    A shadow is as steep on a blurred copy as on a sharp one; an edge of the product is not.
    """
    rows = np.nonzero(mask.any(axis=1))[0]
    start = int(rows[0] + 0.55 * (rows[-1] - rows[0])) if rows.size else 0
    level = floats(np.asarray(image.convert("L"))[start:])
    fine, coarse = blurred(level, 1.2), blurred(level, 3.5)
    tinted = np.asarray(image.filter(ImageFilter.GaussianBlur(3)), dtype=np.float32)[start:]
    ratio = tinted / np.maximum(plate[start:], 1.0)
    light = ratio.mean(axis=2)
    slope = _steepness(coarse[..., None])
    edge = _steepness(fine[..., None]) > 1.5 * slope + 0.7 + 0.5 * background.noise
    untinted = ratio.max(axis=2) - ratio.min(axis=2) < 0.015 + 1.5 * background.noise / max(plate.mean(), 20.0)
    soft = np.zeros_like(mask)
    soft[start:] = untinted & (light > 0.2) & (light < 1.0) & (slope < 6.0) & ~edge
    return ~dilated(~soft, SHADE_MARGIN)


def _largest(mask: Mask, distance: Array) -> Mask:
    """The main piece and whatever belongs to it; pale, soft or tiny pieces apart are shadows and crumbs."""
    labels, count = label(mask)
    if count < 2:
        return mask
    sizes = areas(labels, count)
    sizes[0] = 0
    edge = _steepness(distance[..., None]) > 12
    edges = areas(np.where(edge, labels, 0).astype(np.int32), count)
    keep = (sizes > 0.004 * sizes.max()) & (edges > 0.5 * np.sqrt(sizes))
    keep[np.argmax(sizes * (edges > 0.5 * np.sqrt(sizes)))] = True
    keep[0] = False
    kept: Mask = keep[labels]
    return kept


def _filled(mask: Mask, alike: Mask, distance: Array, background: Background) -> Mask:
    """Close the mask's holes, but keep those that show untouched background near the outline (a handle, a strap).

    A pale label is told from a hole by what surrounds it: around a hole everything differs from the background.
    """
    holes = ~mask & ~reached_from_border(np.pad(~mask, 1, constant_values=True))[1:-1, 1:-1]
    labels, count = label(holes | (mask & alike))
    sizes = areas(labels, count)
    total = np.bincount(labels.ravel(), weights=distance.ravel(), minlength=count + 1)
    flat = (sizes > 0.0008 * mask.sum()) & (total / np.maximum(sizes, 1) < 3.5 + background.noise)
    flat[0] = False
    near_outside = dilated(~mask & ~holes, int(0.1 * mask.shape[1]))
    mask = mask | holes
    for number in np.nonzero(flat)[0][:12]:
        hole = labels == number
        ring = dilated(hole, 7) & ~dilated(hole, 3)
        if (hole & near_outside).any() and (distance[ring & ~alike] > 60).mean() > 0.9:
            mask &= ~hole
    return mask


def _steepness(rgb: Array) -> Array:
    """Largest per-channel change per pixel."""
    across = np.abs(np.diff(rgb, axis=1, append=rgb[:, -1:])).max(axis=2)
    down = np.abs(np.diff(rgb, axis=0, append=rgb[-1:])).max(axis=2)
    return floats(np.maximum(across, down))


def _levels(distance: Array) -> npt.NDArray[np.uint8]:
    return np.clip(distance, 0, 255).astype(np.uint8)


def _closed(mask: Mask, radius: int) -> Mask:
    padded = np.pad(mask, radius + 1)
    return eroded(dilated(padded, radius), radius)[radius + 1 : -radius - 1, radius + 1 : -radius - 1]


def _without_crumbs(mask: Mask, distance: Array) -> Mask:
    """Drop faint bits on the outline that an opening takes away; distinct thin parts such as laces stay."""
    opened = dilated(eroded(mask, 4), 5)
    return mask & (opened | dilated(distance > 40, 2))


def _believable(mask: Mask) -> bool:
    """A product covers a fair part of the photo and is not cut by much of its border."""
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return bool(0.01 < mask.mean() < 0.9 and border.mean() < 0.12)


def _matted(image: Image.Image, mask: Mask, plate: Array) -> Image.Image:
    """Soft edge from how much background each edge pixel holds, with that background taken out of its colour."""
    rgb = np.asarray(image, dtype=np.float32)
    solid = mask_image(mask)
    inner = as_array(mask_image(eroded(mask, 3)).filter(ImageFilter.GaussianBlur(1.2)))
    outer = dilated(mask, 1).astype(np.float32)
    soft = as_array(solid.filter(ImageFilter.GaussianBlur(1.0)))
    distance = np.abs(rgb - plate).max(axis=2)
    contrast = spread(_levels(distance), 3).astype(np.float32)
    share = np.clip(distance / np.maximum(contrast * 0.92, 1.0) - 0.06, 0.0, 1.0)
    trust = smoothstep(20.0, 60.0, contrast)
    alpha = np.maximum(inner, outer * (trust * share + (1 - trust) * smoothstep(0.35, 0.8, soft)))
    part = np.maximum(alpha, 0.2)[..., None]
    pure = np.clip(plate + (rgb - plate) / part, 0, 255)
    edge = (1.0 - inner)[..., None]
    colour = rgb + (pure - rgb) * edge
    return Image.fromarray(np.dstack([colour, alpha * 255.0 + 0.5]).clip(0, 255).astype(np.uint8))


def _cropped(image: Image.Image) -> Image.Image | None:
    box = image.getchannel("A").point(lambda value: 255 if value > 20 else 0).getbbox()
    if box is None or box[2] - box[0] < 8 or box[3] - box[1] < 8:
        return None
    left, top, right, bottom = box
    return image.crop((max(0, left - 1), max(0, top - 1), right + 1, bottom + 1))


def _print_of(photo: Image.Image) -> Image.Image:
    """The photo as a mounted print: thin white border, slightly rounded corners."""
    flat = Image.new("RGB", photo.size, (255, 255, 255))
    flat.paste(photo, mask=photo.getchannel("A") if photo.mode == "RGBA" else None)
    flat.thumbnail((FINE_SIDE, FINE_SIDE), Image.Resampling.LANCZOS)
    border = max(6, max(flat.size) // 40)
    size = (flat.width + 2 * border, flat.height + 2 * border)
    card = Image.new("RGB", size, (250, 249, 246))
    card.paste(flat, (border, border))
    corners = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, size[0] * 2 - 1, size[1] * 2 - 1), border, fill=255)
    card.putalpha(corners.resize(size, Image.Resampling.BOX))
    return card
