"""Shapes of pictures as CSS classes, because a strict policy forbids style attributes.

Each class in ``static/css/ratios.css`` sets ``--r`` (width divided by height); a picture takes the nearest one.
"""

RATIOS = (0.4, 0.5, 0.5625, 0.6, 0.6667, 0.7, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.3333, 1.4, 1.5, 1.6, 1.7778, 2, 2.3333, 3)
SQUARE = 1.0


def ratio_of(shape: str) -> float:
    """Width divided by height of ``"16:9"``; a square for anything unreadable."""
    width, _, height = shape.partition(":")
    try:
        return float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return SQUARE


def css_class(ratio: float) -> str:
    """The class whose shape is nearest to ``ratio``, by the relative crop it would cost."""
    nearest = min(RATIOS, key=lambda known: max(known, ratio) / max(min(known, ratio), 0.01))
    return f"r-{round(nearest * 100)}"
