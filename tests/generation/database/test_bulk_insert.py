from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from generation.database import bulk_insert
from generation.models import Job

Order = Callable[..., Job]


def written(like: Job, **columns: list[Any]) -> list[Job]:
    bulk_insert.insert(like, columns)
    return list(Job.objects.filter(id__in=columns["id"]).order_by("id"))


def test_rows_are_as_the_one_given_but_for_their_columns(order: Order) -> None:
    like = order()
    first, second = written(like, id=["job_a", "job_b"], prompt=["One", "Two"], variables=[{}, {"colour": "Grün"}])
    assert [(row.prompt, row.variables) for row in (first, second)] == [("One", {}), ("Two", {"colour": "Grün"})]
    for row in (first, second):
        assert (row.team_id, row.product_id, row.due_at, row.price) == (
            like.team_id,
            like.product_id,
            like.due_at,
            like.price,
        )
        assert row.created_at is not None
    assert Job.objects.filter(pk=like.pk).exists()


def test_a_single_row_and_a_value_that_only_some_have(order: Order) -> None:
    parent = order()
    (alone,) = written(parent, id=["job_a"], parent_id=[parent.id])
    assert alone.parent_id == parent.id
    rows = written(parent, id=["job_b", "job_c"], parent_id=[None, parent.id])
    assert [row.parent_id for row in rows] == [None, parent.id]


def test_text_stays_what_it_is(order: Order) -> None:
    texts = ["'; DROP TABLE generation_job; --", '{"a", NULL}', "NULL", "%s", "\\N", "line\nline", "日本"]
    ids = [f"job_{place}" for place in range(len(texts))]
    rows = written(order(), id=ids, prompt=texts, variables=[{"text": text} for text in texts])
    assert [row.prompt for row in rows] == texts
    assert [row.variables["text"] for row in rows] == texts


def test_a_thousand_rows_take_one_statement(order: Order, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    like = order()
    with django_assert_num_queries(1):
        bulk_insert.insert(like, {"id": [f"job_{place}" for place in range(1000)], "price": list(range(1000))})
    assert Job.objects.count() == 1001


def test_rows_that_the_database_refuses_leave_none_behind(order: Order) -> None:
    like = order()
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_insert.insert(like, {"id": ["job_a", like.id], "prompt": ["One", "Two"]})
    assert Job.objects.count() == 1
