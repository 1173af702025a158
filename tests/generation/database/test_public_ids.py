from generation.database.public_ids import new_id


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id("job") for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_an_id_carries_its_kind_and_no_ambiguous_letters() -> None:
    kind, _, digits = new_id("img").partition("_")
    assert kind == "img"
    assert len(digits) == 26
    assert not set(digits) & set("ilou")
