"""A program for tests: many threads move one team's credits at random, and every answer to a hold is judged.

``python -m tests.generation.credits.machine_threads STEPS SEED`` works on the database that ``DATABASE_URL`` names and
prints one JSON object. The moment that a hold has the account's lock, :mod:`tests.generation.credits.machine_books` are
made of the ledger's entries and say what the answer must be. All the while another thread has
``integrity.violations()`` look for what does not add up.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import time_machine

from tests.generation.credits.machine_books import Books, Bound, Paper, Refusal
from tests.generation.credits.machine_world import World  # first of those that need Django

from django.core.management import call_command  # isort: skip
from django.db import connections as databases  # isort: skip
from django.db import transaction  # isort: skip
from django.db.models import Sum  # isort: skip
from django.utils import timezone  # isort: skip
from generation.credits import caps, ledger, integrity, rebuild, rollup  # isort: skip
from generation.pipeline import jobs  # isort: skip
from generation.models import Cap, CreditAccount, Image, Job, LedgerEntry  # isort: skip

THREADS, EACH = 8, 40
BEGIN = datetime(2026, 9, 30, 20, tzinfo=UTC)
ZONES = ["UTC", "Europe/Berlin", "America/Havana", "Pacific/Kiritimati"]
seen: Counter[str] = Counter()
counting = threading.Lock()
here = threading.local()


def count(name: str, more: int = 1) -> None:
    with counting:
        seen[name] += more


def books_of(account: CreditAccount) -> Books:
    """What the entries say, whatever the account, the caps and their periods say."""
    books = Books(zone=account.time_zone)
    entries = LedgerEntry.objects.filter(account=account).order_by()
    books.granted = entries.aggregate(total=Sum("granted"))["total"] or 0
    books.spent_on_nothing = entries.filter(job=None).aggregate(total=Sum("spent"))["total"] or 0
    papers = entries.exclude(job=None).values_list("job", "project", "job__hold__spender", "job__hold__held_at")
    for job, project, spender, at, held, spent in papers.annotate(total_held=Sum("held"), total_spent=Sum("spent")):
        books.papers[job] = Paper("", project, spender, 0, at, held=held, spent=spent)
    for cap in Cap.objects.filter(team=account.pk):
        bound = Bound(cap.project_id, cap.member_id, cap.period == Cap.Period.MONTH, cap.credits)
        bound.raised_by, bound.raised_until = cap.raised_by, cap.raised_until
        books.bounds[cap.pk] = bound
    return books


@contextmanager
def watched() -> Iterator[None]:
    """Notes in each thread what a hold finds the moment that it has the lock, and its own moment."""
    lock, take = caps.lock, caps.take

    def noting_lock(team_id: str) -> CreditAccount:
        account = lock(team_id)
        if here.holds:
            here.books, here.at = books_of(account), timezone.now()
        return account

    def noting_take(account: CreditAccount, *, at: datetime, **rest: Any) -> Any:
        here.at = at
        return take(account, at=at, **rest)

    caps.lock, caps.take = noting_lock, noting_take
    try:
        yield
    finally:
        caps.lock, caps.take = lock, take


class Round:
    """One team and its threads."""

    def __init__(self, seed: int, clock: Any) -> None:
        self.seed, self.clock = seed, clock
        self.world = World(f"Northwind {seed}")
        self.team, self.jobs = self.world.team.pk, list[str]()
        self.wrong, self.over = list[str](), threading.Event()
        ledger.grant(team_id=self.team, credits=150)

    def run(self) -> None:
        threads = [threading.Thread(target=self.member, args=[Random(f"{self.seed}-{n}")]) for n in range(THREADS)]
        watcher = threading.Thread(target=self.guarded, args=[self.watch])
        for thread in (*threads, watcher):
            thread.start()
        for thread in threads:
            thread.join()
        self.over.set()
        watcher.join()
        self.wrong += [str(found) for found in rebuild.differences(CreditAccount.objects.get(pk=self.team))]
        books = books_of(account := CreditAccount.objects.get(pk=self.team))
        if books.account != (account.granted, account.held, account.spent):
            self.wrong.append(f"{books.account} is not {account}")
        for cap in Cap.objects.filter(team=self.team):
            caps.remove(cap)  # the proof asks for each, and the next round's proof has no business with these

    def guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        finally:
            databases.close_all()

    def watch(self) -> None:
        """Whatever others are doing, what is committed adds up: once more when they have ended."""
        while True:
            last = self.over.is_set()
            self.wrong += [str(violation) for violation in integrity.violations()]
            count("proofs")
            if last:
                return

    def member(self, random: Random) -> None:
        here.holds = False
        moves = [self.hold] * 9 + [self.finish] * 5 + [self.cancel] * 2
        moves += [self.cancel_all, self.refund, self.adjust, self.grant, self.set_cap, self.set_cap, self.end_cap]
        moves += [self.review, self.wait, self.move]

        def work() -> None:
            for _ in range(EACH):
                random.choice(moves)(random)
                count("steps")

        self.guarded(work)

    def hold(self, random: Random) -> None:
        projects = [None, *self.world.projects]
        asks = [(random.choice(projects), random.randint(1, 9)) for _ in range(random.randint(1, 3))]
        who = random.randrange(3)
        here.holds = True
        try:
            rows = self.world.hold(asks, who=who, by_key=random.random() < 0.3)
            self.judge(asks, who, None)
            self.jobs += [row.pk for row in rows]
        except ledger.InsufficientCredits as error:
            self.judge(asks, who, error)
        finally:
            here.holds = False

    def judge(self, asks: list[Any], who: int, error: ledger.InsufficientCredits | None) -> None:
        due = here.books.refusal(asks, spender=self.world.people[who], at=here.at)
        told = None
        if isinstance(error, ledger.CapReached):
            told = Refusal(error.standing.left, {error.standing.cap.pk: error.asked})
        elif error:
            told = Refusal(error.left, {})
        kind = "granted" if told is None else ("refused by a cap" if told.asked else "refused by the account")
        count(kind)
        right = told == due if not (told and due) else told.left == due.left and told.asked.items() <= due.asked.items()
        if not right or bool(told and told.asked) != bool(due and due.asked):
            self.wrong.append(f"{asks} of {who}: told {told}, due {due}")

    def job(self, random: Random) -> Job | None:
        return Job.objects.get(pk=random.choice(self.jobs)) if self.jobs else None

    def finish(self, random: Random) -> None:
        if job := self.job(random):
            cost = random.choice([None, 0, job.price, job.price, job.price - 1, job.price + 4])
            count("captured", self.world.finish(job, cost=cost, pictures=random.randint(0, 2)))

    def cancel(self, random: Random) -> None:
        if job := self.job(random):
            count("released", jobs.cancel(job))

    def cancel_all(self, random: Random) -> None:
        if job := self.job(random):
            count("released", jobs.cancel_all(job.batch))

    def refund(self, random: Random) -> None:
        if job := self.job(random):
            self.tried("refunded", lambda: ledger.refund(job=job, credits=2, actor_id=None, reason="Blurred."))

    def adjust(self, random: Random) -> None:
        change = {
            random.choice(["spent", "granted"]): random.randint(-4, 4),
            "job": random.choice([None, self.job(random)]),
        }
        self.tried("adjusted", lambda: ledger.adjust(team_id=self.team, actor_id=None, reason="Invoice.", **change))

    def tried(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except ledger.BadEntry:
            return
        count(name)

    def grant(self, random: Random) -> None:
        ledger.grant(team_id=self.team, credits=random.randint(1, 60))

    def set_cap(self, random: Random) -> None:
        """Set, lowered, raised, or raised for a while."""
        bounds = [
            {},
            *[{"project_id": one} for one in self.world.projects],
            *[{"member_id": one} for one in self.world.people],
        ]
        which: dict[str, Any] = {"project_id": None, "member_id": None, **random.choice(bounds)}
        which |= {"team_id": self.team, "period": random.choice(list(Cap.Period))}
        with transaction.atomic():
            caps.lock(self.team)
            cap = Cap.objects.filter(**which).first() or Cap(**which)
            cap.credits = random.randint(0, 120)
            if random.random() < 0.3:
                cap.raised_by = random.randint(1, 20)
                cap.raised_until = timezone.now() + timedelta(hours=random.randint(1, 400))
            caps.save(cap)

    def end_cap(self, random: Random) -> None:
        with transaction.atomic():
            caps.lock(self.team)
            found = list(Cap.objects.filter(team=self.team).order_by("id"))
            if len(found) > 2:
                caps.remove(random.choice(found))

    def review(self, random: Random) -> None:
        """As the gallery does: whoever changes the row first counts."""
        images = Image.objects.filter(team=self.team, review="")
        if image := images.order_by("?").first():
            with transaction.atomic():
                if images.filter(pk=image.pk).update(review=Image.Review.APPROVED):
                    rollup.reviewed(image, approved=1)
                    count("approved")

    def wait(self, random: Random) -> None:
        self.clock.shift(timedelta(hours=random.randint(1, 200)))

    def move(self, random: Random) -> None:
        ledger.set_time_zone(team_id=self.team, name=random.choice(ZONES))


def run(steps: int, seed: int) -> list[str]:
    """Rounds until ``steps`` were made or something was wrong; each has the next seed."""
    here.holds = False
    while seen["steps"] < steps:
        print(f"seed {seed}", file=sys.stderr)
        with time_machine.travel(BEGIN, tick=False) as clock:
            this = Round(seed, clock)
            this.run()
        if this.wrong:
            return [f"seed {seed}", *this.wrong]
        seed += 1
    return []


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    steps, seed = int(sys.argv[1]), int(sys.argv[2])
    began = time.monotonic()
    with watched():
        wrong = run(steps, seed)
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"seed": seed, "seconds": seconds, "wrong": wrong, **seen}))
