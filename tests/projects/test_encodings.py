"""In which encoding a file was written: known, or asked for with how its names read."""

import pytest

from dashboard.projects.encodings import decode, recognise

ASKED = {
    "cp932": "花瓶\nマグカップ",
    "gb18030": "花瓶\n咖啡杯",
    "cp950": "花瓶\n咖啡杯\n露營杯子",
    "cp949": "머그컵\n꽃병",
    "cp1251": "Кружка походная\nВаза",
    "cp1253": "Κούπα\nΒάζο λευκό",
    "cp1250": "Łódź\nŻółta lampa\nPříbor",
    "cp1254": "Fincan gümüş\nIşık lambası",
}


def sheet(names: str) -> str:
    return "Name,Image URL\n" + "".join(f"{name},https://cdn.example.com/a.jpg\n" for name in names.split("\n"))


@pytest.mark.parametrize("encoding", ASKED)
def test_what_may_be_read_in_several_ways_is_asked_for(encoding: str) -> None:
    found = recognise(sheet(ASKED[encoding]).encode(encoding))
    assert not found.sure
    (right,) = (reading for reading in found.readings if reading.encoding == encoding)
    assert list(right.samples) == ASKED[encoding].split("\n")[:3]


@pytest.mark.parametrize("encoding", ["cp932", "cp950", "cp949", "cp1251", "cp1250"])
def test_the_likeliest_reading_stands_first(encoding: str) -> None:
    assert recognise(sheet(ASKED[encoding]).encode(encoding)).readings[0].encoding == encoding


@pytest.mark.parametrize(
    "names",
    ["Café crème\nGrüne Bürste\nGefäß", "“Noël” – 5 €", "Señal\nNiño", "Smørbrød\nÅl", "Coração\nLimões", "œuf"],
)
def test_western_europe_is_known(names: str) -> None:
    data = sheet(names).encode("cp1252")
    found = recognise(data)
    assert (found.sure, found.readings[0].encoding) == (True, "cp1252")
    assert decode(data, "cp1252") == sheet(names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_known(encoding: str) -> None:
    data = sheet("花瓶 Café").encode(encoding)
    found = recognise(data)
    assert found.sure and decode(data, found.readings[0].encoding) == sheet("花瓶 Café")
