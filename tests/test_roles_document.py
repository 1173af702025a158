from tests.roles_document import AREAS, DOCUMENT, document
from tests.test_access_table import API, TABLE


def test_the_document_says_what_the_table_says() -> None:
    assert DOCUMENT.read_text() == document(), "Write it anew: python -m tests.roles_document"


def test_every_row_says_in_words_what_it_is_about() -> None:
    assert [address for address, rule in (TABLE | API).items() if not rule.does] == []


def test_every_address_belongs_to_an_area_of_the_document() -> None:
    assert {address.partition("/")[0] for address in TABLE} == set(AREAS)
