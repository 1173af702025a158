"""Small pictures: what is asked of them holds at any size, and a quarter of it costs a sixteenth."""

import pytest

from generation.sandbox.render import shot


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {ratio: (width // 4, height // 4) for ratio, (width, height) in shot.SIZES.items()}
    monkeypatch.setattr(shot, "SIZES", sizes)
