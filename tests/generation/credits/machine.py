"""A program for tests: random moves of credits, each compared with :mod:`tests.generation.credits.machine_books`.

``python -m tests.generation.credits.machine STEPS SEED`` works on the database that ``DATABASE_URL`` names and prints
one JSON object; with ``shrink`` behind, a failure is cut down to its shortest form. The clock is the test's: it jumps
to month ends in the team's time zone, and now and then back.
"""

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.generation.credits.machine_books import Books, Bound, Paper
from tests.generation.credits.machine_world import Asks, World  # first of those that need Django

from django.core.management import call_command  # isort: skip
from django.db import transaction  # isort: skip
from django.utils import timezone  # isort: skip
from generation.credits import caps, ledger, integrity, rebuild, rollup  # isort: skip
from generation.pipeline import jobs  # isort: skip
from generation.models import Cap, CreditAccount, Hold, Image, Job, JobState  # isort: skip

EACH = 50
"""Steps of one run, which has a team of its own."""
BEGIN = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # its clocks go back at 1:00 on 1 November 2026
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
which, people, projects = st.integers(0, 10_000), st.integers(0, 2), st.integers(0, 2)
amounts, prices = st.integers(0, 60), st.integers(1, 9)
late_costs = st.sampled_from([0, 0, -1, 5, None])
batches = st.lists(st.tuples(projects, prices), min_size=1, max_size=4)


class Credits(RuleBasedStateMachine):
    """One team's life."""

    seen: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(BEGIN, tick=False)
        self.now = self.clock.start()
        self.world = World(f"Northwind {time.perf_counter()}")
        self.books, self.rows, self.images = Books(), dict[str, Job](), list[Image]()
        self.team = self.world.team.pk
        ledger.grant(team_id=self.team, credits=400)
        self.books.granted = 400

    def project(self, number: int) -> str | None:
        return [None, *self.world.projects][number]

    def job(self, number: int) -> tuple[Job, Paper]:
        """Mostly one with an open hold."""
        held = [name for name, paper in self.books.papers.items() if paper.held]
        names = held if held and number % 4 else list(self.rows)
        name = names[number % len(names)]  # ids are random, their order here is not
        return self.rows[name], self.books.papers[name]

    def cap(self, number: int) -> tuple[Cap, Bound]:
        name = list(self.books.bounds)[number % len(self.books.bounds)]
        return Cap.objects.get(pk=name), self.books.bounds[name]

    @rule(credits=st.integers(1, 60))
    def grant(self, credits: int) -> None:
        ledger.grant(team_id=self.team, credits=credits)
        self.books.granted += credits

    @rule(presses=st.lists(st.tuples(batches, people, st.booleans()), min_size=1, max_size=6))
    def hold(self, presses: list[tuple[list[tuple[int, int]], int, bool]]) -> None:
        """Rules are chosen evenly, and there is little to see before much is held."""
        for asks, who, by_key in presses:
            self.press([(self.project(number), price) for number, price in asks], who, by_key=by_key)
            self.the_books_are_equal()

    @precondition(lambda self: self.books.bounds)
    @rule(number=which, who=people)
    def fill(self, number: int, who: int) -> None:
        """One credit more than a cap allows, then exactly what it allows."""
        _, bound = self.cap(number)
        member = who if bound.member is None else self.world.people.index(bound.member)
        for more in (1, 0):
            now = timezone.now()
            price = bound.limit(now) - sum(self.books.used(bound, now)) + more
            if price > 0:
                self.press([(bound.project, price)], member, by_key=False)
                self.the_books_are_equal()

    def press(self, wanted: Asks, who: int, *, by_key: bool) -> None:
        spender, at = self.world.people[who], timezone.now()
        due = self.books.refusal(wanted, spender=spender, at=at)
        try:
            rows = self.world.hold(wanted, who=who, by_key=by_key)
        except ledger.CapReached as error:
            assert due, f"falsely denied: {error}"
            assert due.asked.get(error.standing.cap.pk) == error.asked, (error, due)
            assert error.standing.left == due.left, (error.standing, due)
            self.seen["refused by a cap"] += 1
        except ledger.InsufficientCredits as error:
            assert due, f"falsely denied: {error}"
            assert not due.asked, f"a cap should have refused: {due}"
            assert error.left == due.left
            self.seen["refused by the account"] += 1
        else:
            assert due is None, f"overshot: {due}"
            self.seen["held"] += 1
            for row in rows:
                paper = Paper(row.batch_id, row.project_id, spender, row.price, at, held=row.price)
                self.rows[row.pk], self.books.papers[row.pk] = row, paper

    @precondition(lambda self: self.rows)
    @rule(ends=st.lists(st.tuples(which, st.sampled_from([0, 0, -1, -3, 1, 5, None]), st.integers(0, 3)), max_size=4))
    def capture_some(self, ends: list[tuple[int, int | None, int]]) -> None:
        for number, more, pictures in ends:
            self.capture(number, more, pictures)
            self.the_books_are_equal()

    def capture(self, number: int, more: int | None, pictures: int) -> None:
        """Cheaper than its price, equal or dearer; of one that ended before nothing is captured."""
        row, paper = self.job(number)
        cost = None if more is None else max(0, paper.price + more)
        is_queued = self.state(row) == JobState.QUEUED
        done = self.world.finish(row, cost=cost, pictures=pictures)
        assert done == (is_queued and (pictures > 0 or not paper.runs)), f"{row.pk} {row.state}"
        if is_queued:
            paper.spent += cost if cost is not None else (paper.price if pictures else 0)
        if not done:
            return
        paper.held, paper.pictures = 0, pictures
        self.images += Image.objects.filter(job=row)
        self.seen["captured"] += 1

    @precondition(lambda self: self.rows)
    @rule(number=which)
    def release(self, number: int) -> None:
        row, paper = self.job(number)
        is_queued, was_sent = self.state(row) == JobState.QUEUED, bool(paper.runs or paper.spent)
        assert jobs.cancel(row) == is_queued
        if is_queued:
            self.seen["released"] += 1
            paper.held, paper.given_up = 0, was_sent

    def state(self, row: Job) -> str:
        return Job.objects.get(pk=row.pk).state

    @precondition(lambda self: self.rows)
    @rule(moves=st.lists(st.tuples(st.sampled_from("lladgaa"), which, late_costs, st.integers(0, 2)), max_size=12))
    def run_late(self, moves: list[tuple[str, int, int | None, int]]) -> None:
        """Jobs leave and are lost, people decide, and answers come after all."""
        for move, number, more, pictures in moves:
            if move == "l":
                self.lose(number)
            elif move == "a":
                self.answer_late(number, more, pictures)
            else:
                self.decide(number, never_ran=move == "d")
            self.the_books_are_equal()

    def lose(self, number: int) -> None:
        """A job leaves, nothing is heard of it, and it waits for a person."""
        row, paper = self.job(number)
        if self.state(row) == JobState.QUEUED:
            paper.sent += 1
            paper.runs.append(f"{row.pk}-{paper.sent}")
            self.world.lose(row, provider_job_id=paper.runs[-1])
            self.seen["lost"] += 1

    def decide(self, number: int, *, never_ran: bool) -> None:
        row, paper = self.job(number)
        waits = self.state(row) == JobState.NEEDS_REVIEW
        job = Job.objects.get(pk=row.pk)
        assert (jobs.try_again(job) if never_ran else jobs.give_up(job)) == waits
        if waits and not never_ran:
            paper.held, paper.given_up = 0, True

    def answer_late(self, number: int, more: int | None, pictures: int) -> None:
        """Whatever the job is by now, what the provider charged is booked, and the first pictures are the job's."""
        names = [name for name, paper in self.books.papers.items() if paper.runs]
        if not names:
            return
        row, paper = self.rows[names[number % len(names)]], self.books.papers[names[number % len(names)]]
        cost, state = (None if more is None else max(0, paper.price + more)), self.state(row)
        done = self.world.answer(row, cost=cost, pictures=pictures, provider_job_id=paper.runs.pop(0))
        paper.spent += cost if cost is not None else (paper.price if pictures else 0)
        ends = bool(paper.held or paper.given_up) if pictures else state == JobState.NEEDS_REVIEW and not paper.runs
        assert done == ends, (state, pictures, paper)
        if ends:
            paper.held, paper.given_up, paper.pictures = 0, False, pictures
            self.images += Image.objects.filter(job=row)
        self.seen["answered late"] += 1

    @precondition(lambda self: self.rows)
    @rule(number=which)
    def resolve_again(self, number: int) -> None:
        row, paper = self.job(number)
        if not paper.held:
            for resolve in (lambda: ledger.capture(job=row, credits=1), lambda: ledger.release(job=row)):
                try:
                    resolve()
                except ledger.HoldResolved:
                    continue
                raise AssertionError("resolved twice")

    @precondition(lambda self: self.rows)
    @rule(number=which)
    def cancel_all(self, number: int) -> None:
        row, _ = self.job(number)
        queued = set(Job.objects.filter(batch=row.batch_id, state=JobState.QUEUED).values_list("pk", flat=True))
        assert jobs.cancel_all(row.batch) == len(queued)
        for name in queued:
            paper = self.books.papers[name]
            paper.held, paper.given_up = 0, bool(paper.runs or paper.spent)

    @precondition(lambda self: self.rows)
    @rule(number=which, credits=st.integers(0, 12))
    def refund(self, number: int, credits: int) -> None:
        row, paper = self.job(number)
        _, _, has_spent = self.books.account
        fits = 0 < credits <= min(paper.spent, has_spent)
        try:
            ledger.refund(job=row, credits=credits, actor_id=None, reason="It was blurred.")
        except ledger.BadEntry:
            assert not fits
        else:
            assert fits
            paper.spent -= credits
            self.seen["refunded"] += 1

    @rule(spent=st.integers(-6, 6), granted=st.integers(-6, 6), number=st.none() | which)
    def adjust(self, spent: int, granted: int, number: int | None) -> None:
        row, paper = (None, None) if number is None or not self.rows else self.job(number)
        has_granted, _, has_spent = self.books.account
        fits = (spent or granted) and has_granted + granted >= 0 and has_spent + spent >= 0
        fits = fits and (paper is None or spent >= 0 or paper.spent + spent >= 0)
        try:
            reason = "ProductAI's invoice says so."
            ledger.adjust(team_id=self.team, actor_id=None, reason=reason, spent=spent, granted=granted, job=row)
        except ledger.BadEntry:
            assert not fits
            return
        assert fits
        self.books.granted += granted
        if paper:
            paper.spent += spent
        else:
            self.books.spent_on_nothing += spent
        self.seen["adjusted"] += 1

    @rule(
        project=projects, member=st.none() | people, monthly=st.booleans(), credits=amounts, warn_at=st.integers(1, 100)
    )
    def set_cap(self, project: int, member: int | None, monthly: bool, credits: int, warn_at: int) -> None:
        """A new cap, or a change of the one that there is: it may be lowered below what is used."""
        chosen = None if member is not None else self.project(project)
        person = None if member is None else self.world.people[member]
        period = Cap.Period.MONTH if monthly else Cap.Period.TOTAL
        which: dict[str, Any] = {"team_id": self.team, "project_id": chosen, "member_id": person, "period": period}
        cap = Cap.objects.filter(**which).first() or Cap(**which)
        cap.credits, cap.warn_at = credits, warn_at
        caps.save(cap)
        bound = self.books.bounds.setdefault(cap.pk, Bound(chosen, person, monthly, credits))
        bound.credits = credits

    @precondition(lambda self: self.books.bounds)
    @rule(number=which, by=st.integers(1, 30), hours=st.integers(1, 900))
    def raise_cap(self, number: int, by: int, hours: int) -> None:
        cap, bound = self.cap(number)
        cap.raised_by, cap.raised_until = by, timezone.now() + timedelta(hours=hours)
        caps.save(cap)
        bound.raised_by, bound.raised_until = by, cap.raised_until

    @precondition(lambda self: self.books.bounds)
    @rule(number=which)
    def remove_cap(self, number: int) -> None:
        cap, _ = self.cap(number)
        del self.books.bounds[cap.pk]
        caps.remove(cap)

    @precondition(lambda self: self.books.bounds)
    @rule(number=which)
    def turn_cap(self, number: int) -> None:
        """Let a monthly cap count for ever, or the other way round, unless there is one of that kind."""
        cap, bound = self.cap(number)
        like = Bound(bound.project, bound.member, not bound.monthly, 0)
        alike = [(one.project, one.member, one.monthly) for one in self.books.bounds.values()]
        if (like.project, like.member, like.monthly) not in alike:
            cap.period = Cap.Period.TOTAL if bound.monthly else Cap.Period.MONTH
            caps.save(cap)
            bound.monthly = not bound.monthly

    @rule(hours=st.integers(-3, 300))
    def wait(self, hours: int) -> None:
        self.now.shift(timedelta(hours=hours))

    @rule(seconds=st.sampled_from([-1, 0, 1]))
    def wait_for_the_months_end(self, seconds: int) -> None:
        local = timezone.now().astimezone(ZoneInfo(self.books.zone))
        first = local.replace(year=local.year + local.month // 12, month=local.month % 12 + 1, day=1, hour=0, fold=0)
        first = first.replace(minute=0, second=0, microsecond=0)
        self.now.move_to(first.astimezone(UTC) + timedelta(seconds=seconds))
        self.seen["month ends"] += 1

    @rule(zone=st.sampled_from(ZONES))
    def move(self, zone: str) -> None:
        ledger.set_time_zone(team_id=self.team, name=zone)
        self.books.zone = zone

    @precondition(lambda self: self.images)
    @rule(number=which)
    def review(self, number: int) -> None:
        image = self.images[number % len(self.images)]
        approved = image.review != Image.Review.APPROVED
        image.review = Image.Review.APPROVED if approved else Image.Review.REJECTED
        with transaction.atomic():
            image.save(update_fields=["review"])
            rollup.reviewed(image, approved=1 if approved else -1)

    @invariant()
    def the_books_are_equal(self) -> None:
        self.seen["steps"] += 1
        now = timezone.now()
        account = CreditAccount.objects.get(pk=self.team)
        assert (account.granted, account.held, account.spent) == self.books.account
        has = {one.cap.pk: (one.limit, one.held, one.spent) for one in caps.standings(team_id=self.team, at=now)}
        due = {name: (one.limit(now), *self.books.used(one, now)) for name, one in self.books.bounds.items()}
        assert has == due, (has, due)

    def teardown(self) -> None:
        try:
            self.everything_adds_up()
        finally:
            self.clock.stop()

    def everything_adds_up(self) -> None:
        ours = {self.team, *self.rows, *self.books.bounds}
        found = [violation for violation in integrity.violations() if violation.row in ours]
        assert not found, found
        account = CreditAccount.objects.get(pk=self.team)
        differences = list(rebuild.differences(account))
        assert not differences, differences
        open_holds = Hold.objects.filter(account=account, resolved_at=None).values_list("pk", flat=True)
        assert set(open_holds) == {name for name, paper in self.books.papers.items() if paper.held}
        for cap in Cap.objects.filter(team=self.team):
            caps.remove(cap)  # the proof asks for each, and the next run's proof has no business with these


def run(steps: int, seed: int, *, shrink: bool) -> None:
    """Runs until ``steps`` were made; each lot has the next seed."""
    while (left := steps - Credits.seen["steps"]) > 0:
        print(f"seed {seed}", file=sys.stderr)
        options: dict[str, Any] = {
            "database": None,
            "deadline": None,
            "phases": [Phase.generate, Phase.shrink][: 1 + shrink],
        }
        options |= {"max_examples": min(100, -(-left // EACH)), "stateful_step_count": EACH}
        lot = settings(**options, suppress_health_check=list(HealthCheck), print_blob=False)
        run_state_machine_as_test(hypothesis.seed(seed)(Credits), settings=lot)
        seed += 1


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    steps, seed = int(sys.argv[1]), int(sys.argv[2])
    began = time.monotonic()
    run(steps, seed, shrink="shrink" in sys.argv)
    print(json.dumps({"seed": seed, "seconds": round(time.monotonic() - began, 1), **Credits.seen}))
