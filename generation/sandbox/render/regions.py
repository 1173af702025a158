"""Connected regions of a boolean mask, found from its horizontal runs without any per-pixel loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int32]


def label(mask: Mask) -> tuple[Labels, int]:
    """Label 4-connected regions: int32 labels of the mask's shape (0 outside) and the number of regions."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    if rows.size == 0:
        return np.zeros(mask.shape, np.int32), 0
    names, count = _join(rows, starts, ends, height)
    marks = np.zeros((height, width + 1), np.int32)
    marks[rows, starts] = names
    np.subtract.at(marks, (rows, ends), names)
    return np.cumsum(marks[:, :-1], axis=1, dtype=np.int32), count


def _join(
    rows: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], height: int
) -> tuple[Labels, int]:
    """Name runs so that runs touching in neighbouring rows share a name (1…count)."""
    wide = int(ends.max()) + 2
    # For each run the runs of the next row overlapping it form one slice, as runs are sorted by row and column.
    first = np.searchsorted(rows * wide + ends, (rows + 1) * wide + starts, side="right")
    last = np.searchsorted(rows * wide + starts, (rows + 1) * wide + ends, side="left")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(rows.size), counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    lower = np.repeat(first, counts) + offsets
    names = np.arange(rows.size)
    while True:
        least = np.minimum(names[upper], names[lower])
        before = names.copy()
        np.minimum.at(names, names[upper], least)
        np.minimum.at(names, names[lower], least)
        np.minimum.at(names, upper, least)
        np.minimum.at(names, lower, least)
        names = names[names]
        if np.array_equal(before, names):
            break
    _, compact = np.unique(names, return_inverse=True)
    return (compact + 1).astype(np.int32), int(compact.max()) + 1


def reached_from_border(passable: Mask) -> Mask:
    """The part of `passable` connected to the picture's border."""
    labels, count = label(passable)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    inside = np.zeros(count + 1, np.bool_)
    inside[border] = True
    inside[0] = False
    return inside[labels]


def areas(labels: Labels, count: int) -> npt.NDArray[np.intp]:
    """Pixels per label, index 0 being the outside."""
    return np.bincount(labels.ravel(), minlength=count + 1)


def spread(array: npt.NDArray[np.uint8], radius: int) -> npt.NDArray[np.uint8]:
    """Largest value within a square of the given radius in px, by doubling windows."""
    for axis in (0, 1):
        pads = [(0, 0), (0, 0)]
        pads[axis] = (radius, radius)
        grown = np.pad(array, pads, mode="edge")
        reach, width = 1, 2 * radius + 1
        while reach < width:
            step = min(reach, width - reach)
            length = grown.shape[axis] - step
            grown = np.maximum(grown[:, :length] if axis else grown[:length], grown[:, step:] if axis else grown[step:])
            reach += step
        array = grown
    return array


def dilated(mask: Mask, radius: int) -> Mask:
    """The mask grown by `radius` px; the outside of the picture counts as its edge."""
    return spread(mask.view(np.uint8), radius).view(np.bool_)


def eroded(mask: Mask, radius: int) -> Mask:
    """The mask shrunk by `radius` px."""
    return ~dilated(~mask, radius)


def mask_image(mask: Mask) -> Image.Image:
    """The mask as an 8-bit picture, 0 or 255, for Pillow's filters."""
    return Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
