"""What kind of browser somebody uses, as far as it says so."""

import re

# In this order: a browser also claims to be those that it descends from.
BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"(Firefox|FxiOS)/",
    "Chrome": r"(Chrome|CriOS)/",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "Windows": r"Windows",
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Android": r"Android",
    "Mac": r"Mac OS X|Macintosh",
    "ChromeOS": r"CrOS",
    "Linux": r"Linux|X11",
}


def device(user_agent: str) -> str:
    """E.g. ``Firefox on Linux``; ``Unknown browser`` where it says nothing that we know."""
    browser = _first(BROWSERS, user_agent) or "Unknown browser"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(patterns: dict[str, str], text: str) -> str:
    return next((name for name, pattern in patterns.items() if re.search(pattern, text)), "")
