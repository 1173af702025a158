"""How each of the seven models treats a picture: camera, light and grade."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Treatment:
    """Factors around 1, or amounts 0…1; `height` is the eye level above the base in picture heights."""

    height: float  # camera height
    scale: float  # size of the product in the frame
    contrast: float
    saturation: float
    warmth: float
    exposure: float
    bloom: float
    vignette: float
    grain: float
    sharpness: float
    hardness: float  # added to the light's hardness
    shadow: float  # strength of the cast shadow
    blur: float  # depth of field
    fade: float = 0.0  # lifted blacks, matte finish
    split: tuple[float, float, float] = (0.0, 0.0, 0.0)  # added to shadows, taken from highlights


TREATMENTS: dict[str, Treatment] = {
    "nanobanana2": Treatment(0.46, 1.00, 1.06, 1.05, 0.02, 1.02, 0.10, 0.10, 0.012, 0.50, 0.00, 0.95, 1.0),
    "nanobananapro": Treatment(
        0.40, 1.10, 1.10, 1.02, 0.01, 1.00, 0.16, 0.16, 0.010, 0.80, 0.05, 1.05, 1.5, split=(-0.006, 0.0, 0.010)
    ),
    "nanobanana": Treatment(0.52, 0.94, 0.98, 0.96, 0.00, 1.05, 0.05, 0.04, 0.008, 0.20, -0.15, 0.75, 0.6),
    "kontext-pro": Treatment(0.56, 0.88, 1.02, 1.00, 0.05, 1.00, 0.12, 0.14, 0.016, 0.40, 0.05, 0.95, 0.8),
    "kontext-max": Treatment(
        0.34, 0.98, 1.14, 1.08, 0.07, 0.95, 0.22, 0.26, 0.018, 0.55, 0.20, 1.15, 1.3, split=(-0.010, -0.002, 0.014)
    ),
    "seedream": Treatment(
        0.48,
        1.04,
        0.97,
        1.18,
        0.04,
        1.04,
        0.42,
        0.12,
        0.022,
        0.15,
        -0.10,
        0.85,
        1.7,
        fade=0.035,
        split=(0.012, -0.006, 0.020),
    ),
    "gpt-high": Treatment(
        0.43, 0.96, 1.05, 0.93, -0.03, 1.01, 0.06, 0.08, 0.006, 0.65, 0.10, 1.00, 1.1, split=(-0.004, 0.002, 0.006)
    ),
}


def treatment_of(model: str) -> Treatment:
    """The model's treatment; a model not in the list is treated like the recommended one."""
    return TREATMENTS.get(model, TREATMENTS["nanobanana2"])
