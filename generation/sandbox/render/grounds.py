"""Commerce's commonest request: the product alone, on pure white or on nothing."""

from __future__ import annotations

import re

_GROUND = r"(?:back\s?ground|back\s?drop|bg|ground|cyclorama|cyc|sweep|infinity cove|surface|seamless|studio)"
_PLAIN = r"(?:(?:pure|plain|clean|solid|bright|crisp|simple|seamless|blank|flat|uniform|neutral|stark|studio|all)\s+)*"
_NOT_PURE = r"(?<!off-)(?<!off )(?<!warm )(?<!cream )(?<!creamy )(?<!milky )(?<!antique )(?<!broken )(?<!black and )"
_ALONE = r"(?=\s*(?:$|[,.;:!?()]|(?:with|and|or|for|no|without|under|in|studio|no)\b))"
_WHITE = re.compile(
    rf"{_NOT_PURE}\b{_PLAIN}white[\s-]+{_PLAIN}{_GROUND}\b"
    rf"|\b{_GROUND}\s+(?:is|in|must be|should be|:)?\s*{_PLAIN}white\b(?!\s+(?:marble|wood|brick))"
    rf"|\b(?:on|against|over|in front of)\s+(?:a\s+)?{_PLAIN}white{_ALONE}"
    rf"|\bpure[\s-]white{_ALONE}"
    r"|#fff(?:fff)?\b|\b(?:rgb\W*)?255\W+255\W+255\b"
    r"|\b(?:amazon|ebay|marketplace)\b[\w\s-]*\b(?:main|listing|hero)?\s*(?:image|picture|photo|shot)\b"
    r"|\bwei(?:ß|ss)e[mnrs]?\s+hintergrund\b|\bauf wei(?:ß|ss)\b|\bfond blanc\b"
    r"|\b(?:fondo|fundo|sfondo) (?:blanco|bianco|branco)\b"
    r"|\bwitte achtergrond\b"
)
_WHITE_BY_TRADE = re.compile(r"\b(?:isolated|pack[\s-]?shot|e-?commerce|catalogu?e (?:shot|photo|image|picture))\b")
_ALPHA = re.compile(
    rf"\btransparen(?:t|cy)\W+(?:png|webp|{_GROUND})\b|\b(?:png|webp)\W+(?:file\s+)?with\s+(?:alpha|transparen(?:t|cy))\b"
    rf"|\b{_GROUND}\s+(?:is|must be|should be|:)?\s*transparent\b|\b(?:with|on) transparency\b|\balpha channel\b"
    r"|\btransparente[mnrs]?\s+hintergrund\b|\bfond transparent\b|\b(?:fondo|fundo|sfondo) tras?n?s?parente\b"
)
_CUT_OUT = re.compile(
    r"\bremov(?:e|ed|ing)\s+(?:the\s+|its\s+)?background\b|\bbackground\s+removed\b|\bcut[\s-]?outs?\b"
    r"|\bfreisteller\b|\bfreigestellt\b|\bd[ée]tour[ée]e?\b"
)
_SHADOW = re.compile(r"\bshadows?\b|\bschatten\b|\bombre\b")
_KIND_OF_SHADOW = ("harsh", "hard", "heavy", "strong", "dark", "deep", "dramatic", "distracting")


def asks_for_alpha(scene: str) -> bool:
    """Whether the words say that what is around the product is transparent."""
    return bool(_ALPHA.search(scene))


def asks_for_cut_out(scene: str, denied: tuple[str, ...]) -> bool:
    """Whether the background is to go, which leaves open what comes in its place."""
    return bool(_CUT_OUT.search(scene)) or any(phrase in ("background", "backdrop", "hintergrund") for phrase in denied)


def asks_for_white(scene: str) -> bool:
    """Whether the ground's own words say pure white."""
    return bool(_WHITE.search(scene))


def asks_for_white_by_trade(scene: str) -> bool:
    """Words of the trade that mean a white ground where no colour or scene is named."""
    return bool(_WHITE_BY_TRADE.search(scene))


def wants_shadow(scene: str) -> bool:
    return bool(_SHADOW.search(scene))


def rules_out_shadow(denied: tuple[str, ...]) -> bool:
    """ "No shadow" is none; "no harsh shadows" is a soft one."""
    return any(
        _SHADOW.search(phrase) and not any(kind in phrase.split() for kind in _KIND_OF_SHADOW) for phrase in denied
    )
