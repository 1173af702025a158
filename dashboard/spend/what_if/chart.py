"""A cap's use by day as steps, in a box of 100 by 40 that the page stretches."""

from dataclasses import dataclass

from dashboard.spend.what_if.replay import CapUse

WIDTH, HEIGHT = 100, 40
_HEADROOM = 1.08


@dataclass(frozen=True)
class UsageChart:
    """Paths and places, as SVG takes them."""

    top: int
    """Credits at the height of the box's upper edge."""
    replayed: str
    """An area."""
    happened: str
    """A line."""
    cap: float | None
    """Where the cap's line runs; ``None`` where it would be far above all that was used."""
    refused: list[float]
    """Where the days lie on which it refused something."""


def draw(use: CapUse) -> UsageChart:
    most = max((max(day.replayed, day.happened) for day in use.days), default=0)
    fits = use.cap.credits <= 4 * max(most, 1)
    top = max(most, use.cap.credits if fits else 0, 1) * _HEADROOM
    step = WIDTH / max(len(use.days), 1)
    return UsageChart(
        top=round(top),
        replayed=f"M0 {HEIGHT}{_steps([day.replayed for day in use.days], step, top)}V{HEIGHT}Z",
        happened=f"M0 {_y(use.days[0].happened, top)}{_steps([day.happened for day in use.days], step, top)}",
        cap=_y(use.cap.credits, top) if fits else None,
        refused=[round(step * (number + 0.5), 2) for number, day in enumerate(use.days) if day.refused],
    )


def _steps(values: list[int], step: float, top: float) -> str:
    return "".join(f"V{_y(value, top)}H{round(step * (number + 1), 2)}" for number, value in enumerate(values))


def _y(value: float, top: float) -> float:
    return round(HEIGHT - HEIGHT * value / top, 2)
