"""Pictures that weigh what a provider's do."""

import io

import numpy as np
from PIL import Image, ImageFilter


def megapixel(seed: int = 7) -> bytes:
    """A 1024 × 1024 JPEG with soft shapes and grain, some 300 KB."""
    random = np.random.default_rng(seed)
    shapes = Image.fromarray(random.integers(0, 255, (16, 16, 3), dtype=np.uint8)).resize((1024, 1024), 3)
    grain = random.normal(0, 7, (1024, 1024, 3))
    picture = Image.fromarray(
        np.clip(np.asarray(shapes.filter(ImageFilter.GaussianBlur(4))) + grain, 0, 255).astype("u1")
    )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
