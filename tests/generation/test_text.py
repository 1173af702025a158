"""Text as it is stored and as it is compared."""

import re
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from generation import text
from generation.text import (
    fold_for_search,
    fold_for_uniqueness,
    normalise,
    normalise_lines,
    searchable,
    trim,
    words_of,
)

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
PERSIAN = "می\u200cخواهم"
STRANGE = st.sampled_from(
    "\0\t\n\r\x85\xa0\xad\u034f\u061c\u0640\u064b\u115f\u1160\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u202e"
    "\u2060\u2066\u2800\u3000\u3099\u309a\u3164\ufe0f\ufeff\uff9e\uffa0\U000e0020\U000e007f\U0001f3f4\U000e0067"
    "\u0301\u0345\u0307İıßſςΣǅǆﬁ´ﾞ\u1e9eΐ㎆²½①ＡｶΩΩKÅ가각\u1100\u1161\u11a8कष\u094d👩👨❤"
)
TEXTS = st.text(st.characters() | STRANGE | STRANGE, max_size=30)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  R&D   Paris ", "R&D Paris"),
        ("Zephyr\r\nBcc: everybody@example.com", "Zephyr Bcc: everybody@example.com"),
        ("a\u2028b\x85c\x07d", "a b c d"),
        ("\u202eevil\u202c\u2066!", "evil!"),
        ("فريق التصوير", "فريق التصوير"),
        ("\u3000山田\u3000太郎\u3000", "山田 太郎"),
        ("cafe\u0301", "café"),
        ("Camp\u200b mug\ufeff", "Camp mug"),
        ("Donau\xaddampf", "Donaudampf"),
        ("\u202e\u200b\u3000", ""),
        ("\u200b\u200b", ""),
        ("\u3164\u2800", ""),
        ("mug\U000e0069\U000e0067\U000e006e", "mug"),  # letters of the tag block, which nobody sees and models read
        ("e\ufe00\ufe01\ufe02", "e\ufe00"),
        ("hello\u200b \u200b \u200b \u200bworld", "hello world"),  # spaces that zero-width signs keep apart
        ("\u200d\u200d\u180e\u200c", ""),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(given: str, kept: str) -> None:
    assert normalise(given) == kept


@pytest.mark.parametrize(
    "written",
    [
        "Studio 👩\u200d🎨",
        "👩🏽\u200d🎨",
        "🏴\u200d☠️",
        "❤️",
        "1️⃣",
        ENGLAND,
        PERSIAN,
        "क्\u200dष",
        "র\u200d্য",
        "葛\U000e0100飾",
    ],
)
def test_what_emojis_and_scripts_need_stays(written: str) -> None:
    assert normalise(written) == normalise_lines(written) == written


def test_a_prompt_keeps_its_lines_and_loses_what_is_unseen() -> None:
    assert normalise_lines(" \r\n On\u200b  slate,\r\n\r\n\tsoft\u2028light\x07\r ") == "On  slate,\n\n\tsoft\nlight"
    assert normalise_lines("\n\u200b\u3000") == ""


def test_an_address_keeps_its_letters() -> None:
    assert trim("\ufeff https://a/cafe\u0301 1.jpg\u200b\n") == "https://a/cafe\u0301 1.jpg"


@pytest.mark.parametrize(
    ("sought", "there"),
    [
        ("MÜLLER", "Müller Becher"),
        ("ärmel", "ÄRMEL"),
        ("armel", "Ärmel"),
        ("КРУЖКА", "Синяя кружка"),
        ("ёлка", "Елка"),
        ("Kaffeebecher", "ＫａｆｆｅｅＢｅｃｈｅｒ"),
        ("cafe\u0301", "Café"),
        ("café", "Cafe\u0301.jpg"),
        ("marbre table", "MARBRE Élégant table"),
        ("table marbre", "MARBRE Élégant table"),
        ("strasse", "Große STRAẞE"),
        ("ISTANBUL", "İstanbul"),
        ("kırmızı", "KIRMIZI"),
        ("soren", "Søren Łódź"),
        ("lodz", "Søren Łódź"),
        ("L'Oréal", "L’Oreal"),
        ("t-shirt", "T‑Shirt"),
        ("m2", "50 m²"),
        ("ΟΔΟΣ", "οδός"),
        ("ガラス", "ｶﾞﾗｽの花瓶"),
        ("احمد", "أَحْمَد"),
        ("میخواهم", PERSIAN),
        ("Donaudampf", "Donau\xaddampf"),
    ],
)
def test_a_search_finds_what_people_mean(sought: str, there: str) -> None:
    assert all(word in fold_for_search(there) for word in words_of(sought))


@pytest.mark.parametrize(
    "spellings",
    [
        ["Βορράς", "βορράς", "βορρας", "Βορρας", "ΒΟΡΡΑΣ", "ΒΌΡΡΑΣ"],
        ["테스트", "\u1110\u1166\u1109\u1173\u1110\u1173"],
        ['L\'ete - "so" 5 kg', "L’été — “so” 5\xa0kg"],
    ],
)
def test_all_spellings_of_a_word_find_one_another(spellings: list[str]) -> None:
    assert len(set(map(fold_for_search, spellings))) == 1


@pytest.mark.parametrize(
    ("sought", "there"),
    [("か", "ガラスが"), ("e9", "café"), ("u00e9", "café"), ("%", "mug"), ("_", "mug"), ("[", "mug")],
)
def test_a_search_finds_nothing_else(sought: str, there: str) -> None:
    assert not all(word in fold_for_search(there) for word in words_of(sought))


def test_no_word_is_found_across_two_texts() -> None:
    assert searchable("Mug", "A 1", "blue") == "mug\na 1\nblue"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KB-1", "kb-1"),
        ("Ärmel", "ärmel"),
        ("cafe\u0301", "CAFÉ"),
        ("ＫＢ－１", "kb-1"),
        ("ｶﾞ", "ガ"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_differ_in_case_composition_or_width_are_the_same(one: str, other: str) -> None:
    assert fold_for_uniqueness(one) == fold_for_uniqueness(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bär", "Bar"), ("が", "か"), ("ı", "i"), ("İ", "i"), ("İ", "I"), ("m²", "m2"), ("①", "1"), ("ö", "ø")],
)
def test_names_that_differ_otherwise_are_two(one: str, other: str) -> None:
    assert fold_for_uniqueness(one) != fold_for_uniqueness(other)


@given(TEXTS)
def test_what_is_normal_stays_as_it_is(written: str) -> None:
    for kept in (normalise(written), normalise_lines(written)):
        assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
        kept.encode()
        assert not re.search("[\0\u200b\ufeff\u202e]", kept)
    assert normalise(normalise(written)) == normalise(written)
    assert normalise_lines(normalise_lines(written)) == normalise_lines(written)


@given(TEXTS)
def test_folding_is_done_once(written: str) -> None:
    for fold in (fold_for_search, fold_for_uniqueness):
        assert fold(fold(written)) == fold(written)
        assert fold(written.swapcase()) == fold(written.swapcase().swapcase().swapcase())


@given(TEXTS)
def test_how_a_text_is_composed_does_not_matter(written: str) -> None:
    for form in ("NFC", "NFD"):
        same = unicodedata.normalize(form, written)
        assert fold_for_search(same) == fold_for_search(written)
        assert fold_for_uniqueness(same) == fold_for_uniqueness(written)
        assert normalise(same) == normalise(written)


@given(TEXTS)
def test_what_is_stored_is_found_by_all_of_it_and_what_is_one_name_is_one_for_search(written: str) -> None:
    kept = normalise(written)
    assert fold_for_search(kept) == fold_for_search(fold_for_uniqueness(kept))
    assert fold_for_search(kept) == fold_for_search(written if kept else "")
    assert not re.search("[A-Z]", fold_for_search(written))


def test_what_is_ignored_is_what_unicode_says() -> None:
    """The list is written out: a class of properties is searched twenty times slower."""
    official = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]")
    listed = re.compile(f"[{text._IGNORED}]")
    assert [code for code in range(0x110000) if bool(official.match(chr(code))) != bool(listed.match(chr(code)))] == []
