"""The replay itself, on made-up histories."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.spend.what_if.replay import HoldRequested, OpeningUsage, ProposedCap, Replay, UsageChanged, replay
from generation.models import Cap

MONTH, TOTAL = Cap.Period.MONTH, Cap.Period.TOTAL
BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 9, 30, 22, tzinfo=UTC)  # the first of October where the team is
DAYS = [date(2026, 10, 1) + timedelta(days=number) for number in range(61)]
Event = HoldRequested | UsageChanged
unhurried = settings(deadline=None, max_examples=60)

projects = st.sampled_from([None, "proj_a", "proj_b"])
spenders = st.sampled_from([None, 1, 2])


@st.composite
def histories(draw: Any) -> list[Event]:
    """Batches of October and November, and what became of each of their jobs."""
    events: list[Event] = []
    for number in range(draw(st.integers(0, 25))):
        at, spender = BEGIN + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60))), draw(spenders)
        shares = draw(st.dictionaries(projects, st.integers(1, 40), min_size=1, max_size=3))
        events.append(HoldRequested(at, f"batch_{number:02}", spender, tuple(shares.items())))
        for project, credits in shares.items():
            later = at + timedelta(minutes=draw(st.integers(1, 60 * 24 * 20)))
            change = draw(st.integers(-credits, 10))
            events.append(UsageChanged(later, f"batch_{number:02}", at, spender, project, change))
    return sorted(events, key=lambda event: event.at)


@st.composite
def some_caps(draw: Any) -> list[ProposedCap]:
    bounds = st.sampled_from([(None, None), ("proj_a", None), ("proj_b", None), (None, 1), (None, 2)])
    places = draw(st.lists(st.tuples(bounds, st.sampled_from([MONTH, TOTAL])), unique=True, max_size=6))
    return [ProposedCap(draw(st.integers(0, 150)), period, *bound) for bound, period in places]


def played(events: list[Event], caps: list[ProposedCap], **options: Any) -> Replay:
    return replay(events, **{"caps": caps, "days": DAYS, "zone": BERLIN} | options)


def refused(events: list[Event], caps: list[ProposedCap]) -> list[str]:
    return [refusal.batch.batch_id for refusal in played(events, caps).refusals]


def without(events: list[Event], batches: list[str]) -> list[Event]:
    return [event for event in events if event.batch_id not in batches]


@unhurried
@given(histories(), some_caps())
def test_caps_without_end_stop_nothing(events: list[Event], caps: list[ProposedCap]) -> None:
    endless = [replace(cap, credits=10**12) for cap in caps]
    found = played(events, endless)
    assert found.refusals == []
    assert found.batches == sum(isinstance(event, HoldRequested) for event in events)
    assert all(day.replayed == day.happened for use in found.uses for day in use.days)


@unhurried
@given(histories(), some_caps())
def test_what_some_caps_let_through_the_same_caps_let_through(events: list[Event], caps: list[ProposedCap]) -> None:
    assert refused(without(events, refused(events, caps)), caps) == []


@unhurried
@given(histories(), some_caps())
def test_what_is_refused_leaves_no_trace(events: list[Event], caps: list[ProposedCap]) -> None:
    first, again = played(events, caps), played(without(events, refused(events, caps)), caps)
    replayed = [[day.replayed for day in use.days] for use in first.uses]
    assert replayed == [[day.happened for day in use.days] for use in again.uses]


@unhurried
@given(histories(), some_caps())
def test_every_refusal_names_a_cap_that_has_too_little(events: list[Event], caps: list[ProposedCap]) -> None:
    for refusal in played(events, caps).refusals:
        assert refusal.asked > refusal.left
        assert refusal.asked == refusal.batch.of(refusal.cap) > 0
        assert refusal.cap.member_id in (None, refusal.batch.spender_id)


@unhurried
@given(histories(), some_caps(), st.data())
def test_the_first_refusal_comes_no_later_under_lower_caps(
    events: list[Event], caps: list[ProposedCap], data: st.DataObject
) -> None:
    lower = [replace(cap, credits=data.draw(st.integers(0, cap.credits))) for cap in caps]
    order = [event.batch_id for event in events if isinstance(event, HoldRequested)]
    under, lowered = refused(events, caps), refused(events, lower)
    if under:
        assert order.index(lowered[0]) <= order.index(under[0])


@unhurried
@given(histories(), some_caps())
def test_the_tightest_cap_that_stops_nothing_is_just_that(events: list[Event], caps: list[ProposedCap]) -> None:
    for use in played(events, caps).uses:
        assert refused(events, [replace(use.cap, credits=use.peak)]) == []
        if use.peak > 0:
            assert refused(events, [replace(use.cap, credits=use.peak - 1)]) != []


@unhurried
@given(histories(), some_caps())
def test_days_before_the_period_count_and_are_not_judged(events: list[Event], caps: list[ProposedCap]) -> None:
    late = played(events, caps, days=DAYS[10:31])
    judged = [
        event for event in events if isinstance(event, HoldRequested) and event.at.astimezone(BERLIN).date() >= DAYS[10]
    ]
    assert late.batches == len(judged)
    assert {refusal.batch.batch_id for refusal in late.refusals} <= {batch.batch_id for batch in judged}
    whole = played(events, [replace(cap, credits=10**12) for cap in caps])
    for use, all_of_it in zip(late.uses, whole.uses, strict=True):
        assert [day.happened for day in use.days] == [day.happened for day in all_of_it.days[10:31]]


def ask(day: int, credits: int, name: str, *, month: int = 10, project: str | None = None) -> HoldRequested:
    return HoldRequested(datetime(2026, month, day, 12, tzinfo=UTC), name, 1, ((project, credits),))


def test_a_month_starts_anew_and_a_total_does_not() -> None:
    events: list[Event] = [ask(2, 60, "a"), ask(3, 60, "b"), ask(1, 60, "c", month=11), ask(2, 60, "d", month=11)]
    assert refused(events, [ProposedCap(100, MONTH)]) == ["b", "d"]
    assert refused(events, [ProposedCap(100, TOTAL)]) == ["b", "c", "d"]


def test_a_month_begins_where_the_team_is() -> None:
    late = HoldRequested(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "late", 1, ((None, 60),))
    assert refused([ask(2, 60, "a"), late], [ProposedCap(100)]) == []


def test_what_comes_back_is_of_the_month_in_which_it_was_held() -> None:
    first = ask(31, 60, "a")
    back = UsageChanged(datetime(2026, 11, 2, tzinfo=UTC), "a", first.at, 1, None, -60)
    assert refused([first, back, ask(3, 100, "b", month=11), ask(4, 1, "c", month=11)], [ProposedCap(100)]) == ["c"]


def test_a_refused_batch_gives_nothing_back() -> None:
    first, second = ask(2, 80, "a"), ask(3, 40, "b")
    back = UsageChanged(datetime(2026, 10, 4, tzinfo=UTC), "b", second.at, 1, None, -40)
    assert refused([first, second, back, ask(5, 30, "c")], [ProposedCap(100)]) == ["b", "c"]


def test_the_tightest_of_several_is_named_and_the_first_among_equals() -> None:
    wide, tight, equal = ProposedCap(90), ProposedCap(10, member_id=1), ProposedCap(10, TOTAL)
    (refusal,) = played([ask(2, 100, "a")], [wide, tight, equal]).refusals
    assert refusal.cap is tight
    assert (refusal.asked, refusal.left) == (100, 10)


def test_a_project_is_asked_for_its_own_share_only() -> None:
    mixed = HoldRequested(BEGIN, "a", 1, (("proj_a", 30), ("proj_b", 50)))
    (refusal,) = played([mixed], [ProposedCap(40, project_id="proj_b"), ProposedCap(40, project_id="proj_a")]).refusals
    assert (refusal.cap.project_id, refusal.asked) == ("proj_b", 50)


def test_a_cap_in_all_counts_what_was_used_before() -> None:
    used = [OpeningUsage("proj_a", 1, 70), OpeningUsage(None, 2, 500)]
    caps = [ProposedCap(100, TOTAL, project_id="proj_a"), ProposedCap(100, MONTH, member_id=1)]
    (refusal,) = played([ask(2, 40, "a", project="proj_a")], caps, before=used).refusals
    assert (refusal.cap, refusal.left) == (caps[0], 30)


def test_the_days_of_a_chart_carry_on_what_the_day_before_left() -> None:
    events: list[Event] = [ask(2, 60, "a"), ask(4, 60, "b"), ask(3, 7, "c", month=11)]
    (monthly,) = played(events, [ProposedCap(100)]).uses
    assert [day.replayed for day in monthly.days[:5]] == [0, 60, 60, 60, 60]
    assert [day.happened for day in monthly.days[:5]] == [0, 60, 60, 120, 120]
    assert [day.replayed for day in monthly.days[30:35]] == [60, 0, 0, 7, 7]
    assert [day.refused for day in monthly.days if day.refused] == [1]
    assert monthly.peak == 120
