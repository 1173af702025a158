"""What people write: as it is stored, and as it is compared. Nothing else normalises or folds.

What is stored went through :func:`normalise` or :func:`normalise_lines`: NFC (Macs send file names decomposed), without
characters that nobody can see, without the spaces around it. What is compared is folded, here and not by a database,
whose case and collation differ from engine to engine:

- :func:`fold_for_search` for search and sorting: case, width, accents and typographic quotes do not matter. Accents are
  the marks on Latin, Greek, Cyrillic, Hebrew and Arabic letters, the bars of ø and ł, and the dots of i; ß is ss, æ is
  ae. Marks that make another letter stay: が is not か.
- :func:`fold_for_uniqueness` for SKUs, tags and other names that may not come twice: case and width do not matter, but
  accents do. Bär is not Bar. Case is Unicode's full folding, the same in every language: Straße is STRASSE, which is
  its capitals; İ, I and i are two names, for İ folds to i with a dot of its own; ı is not i.
"""

import re
import unicodedata
from collections.abc import Iterable

import regex

_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What Unicode calls default ignorable: programs draw nothing for it."""
_SURROGATES = "\ud800-\udfff"
_UNUSUAL = re.compile(f"[{_IGNORED}{_SURROGATES}]")
_JOINING = "".join(
    rf"\p{{scx={script}}}"
    for script in (
        "Arab", "Syrc", "Nkoo", "Mand", "Mong", "Adlm", "Rohg", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu",
        "Knda", "Mlym", "Sinh", "Mymr", "Khmr", "Tibt",
    )
)  # fmt: skip
"""Scripts whose letters join or stack, which a joiner (U+200D) or a non-joiner (U+200C) changes to the eye."""
_LETTER = rf"[\p{{L}}\p{{M}}&&[{_JOINING}]]"
_UNSEEN = regex.compile(
    "|".join(
        (
            r"(?P<kept>(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})",
            r"\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{2,6}\U000E007F",  # flags of England, Texas…
            r"(?<=[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}])\p{Variation_Selector}",
            rf"(?<={_LETTER})\u200D",
            rf"(?<={_LETTER})\u200C(?={_LETTER})",
            r"(?<=\p{Mong})\u180E(?=\p{Mong}))",
            f"[{_IGNORED}{_SURROGATES}]",
        )
    ),
    regex.V1,
)
_BLANKS = re.compile(r"[\x00-\x1f\x7f-\x9f\s\u2800]+")
_LINE_ENDS = regex.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = regex.compile(r"[\p{Cc}--[\t\n]]", regex.V1)
_OUTER = regex.compile(r"^[\p{Z}\p{Cc}\u2800]+|[\p{Z}\p{Cc}\u2800]+$", regex.V1)
_AROUND = re.compile(rf"^[\s\x00-\x1f\x7f-\x9f\u2800{_IGNORED}]+|[\s\x00-\x1f\x7f-\x9f\u2800{_IGNORED}]+$")
_SEEN = regex.compile(r"[^\p{C}\p{Z}\u2800]", regex.V1)


def normalise(text: str) -> str:
    """A name or another short text, on one line; empty where nothing of it can be seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _if_seen(_BLANKS.sub(" ", _composed(text)).strip(" "))


def normalise_lines(text: str) -> str:
    """A prompt or another long text, which keeps its lines, each ended by ``\\n``, and the spaces within them."""
    return _if_seen(_OUTER.sub("", _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", _composed(text)))))


def trim(text: str) -> str:
    """An address or another text whose letters stay as they are, without what surrounds it unseen."""
    return _AROUND.sub("", text)


def _composed(text: str) -> str:
    """In NFC, without what is not seen; a joiner stays where an emoji or a script needs it."""
    composed = unicodedata.normalize("NFC", text)
    if not _UNUSUAL.search(composed):
        return composed
    return unicodedata.normalize("NFC", _UNSEEN.sub(lambda found: found["kept"] or "", composed))


def _if_seen(text: str) -> str:
    return text if _SEEN.search(text) else ""


_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # on Latin, Greek and Cyrillic letters
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic vowels
    f"{_IGNORED}{_SURROGATES}]"
)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʻʹ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2800)), " "),
        "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    }
)  # fmt: skip
"""What nobody tells apart when they search; what decomposes is not in it."""


def fold_for_search(text: str) -> str:
    """What is searched and sorted by: its words, with one space between two of them."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", text.replace("´", "'")).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFC", bare).split())


_WIDTH = {
    code: chr(int(form.rpartition(" ")[2], 16))
    for code in (0x3000, *range(0xFF00, 0xFFF0))
    if (form := unicodedata.decomposition(chr(code))).startswith(("<wide>", "<narrow>"))
}


def fold_for_uniqueness(text: str) -> str:
    """What may not come twice: equal for two texts that differ in case, width, composition or outer spaces only."""
    kept = normalise(text)
    if kept.isascii():
        return kept.lower()
    apart = unicodedata.normalize("NFD", kept.translate(_WIDTH)).casefold()
    return " ".join(unicodedata.normalize("NFC", apart).split())


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of what is searched for, each once. What has them all in its folded text is found."""
    return tuple(dict.fromkeys(fold_for_search(text).split()))


def searchable(*texts: str) -> str:
    """The folded text of a row, a line for each of its texts: no word is found across two of them."""
    return "\n".join(filter(None, map(fold_for_search, texts)))


def distinct(texts: Iterable[str]) -> list[str]:
    """The names among ``texts``, normalised, each once; the first spelling stays."""
    kept: dict[str, str] = {}
    for name in map(normalise, texts):
        kept.setdefault(fold_for_uniqueness(name), name)
    return [name for name in kept.values() if name]
