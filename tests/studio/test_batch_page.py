"""A batch's page: its counts, its credits, its rows, and what can be done with all of it at once."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product
from dashboard.studio import batch_actions, batch_views
from dashboard.studio.actions import JobSpec, NotPossible, start
from dashboard.studio.batches import summaries
from generation.credits import ledger
from generation.models import Batch, CreditAccount, Hold, Job, JobState, LedgerEntry
from generation.pipeline import jobs
from tests.conftest import browser_of
from tests.gallery.conftest import stored
from tests.ui.markup import one_line

SCRIPT = {"HX-Request": "true"}
Order = Callable[..., Batch]


@pytest.fixture
def order(creator: Actor, mug: Product) -> Order:
    """Start a batch of so many jobs, of one picture each at 5 credits unless said otherwise."""

    def place(count: int = 1, **changed: Any) -> Batch:
        asked = {"product": mug, "prompt": "On marble", "model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1}
        return start(creator, specs=[JobSpec(**asked | changed)] * count)

    return place


def fail(job: Job, *, cost: int = 0) -> None:
    """As the provider's word would."""
    assert jobs.claim(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.SUBMITTED)
    job.refresh_from_db()
    assert jobs._fail(job, sources=[JobState.SUBMITTED], code="generation_failed", message="no image", cost=cost)


def finish(job: Job, *, cost: int = 5) -> None:
    assert jobs.claim(job)
    ledger.capture(job=job, credits=cost)
    Job.objects.filter(pk=job.pk).update(state=JobState.COMPLETED, tokens_used=cost)


@pytest.fixture
def mixed(order: Order, team: Team) -> Batch:
    """Ten jobs: 2 done, 2 failed (one cost 1 credit), 1 cancelled, 1 to be decided, 1 rendering, 3 queued."""
    batch = order(10)
    rows = list(batch.jobs.order_by("id"))
    finish(rows[0])
    finish(rows[1], cost=4)
    fail(rows[2])
    fail(rows[3], cost=1)
    jobs.cancel(rows[4])
    Job.objects.filter(pk=rows[5].pk).update(state=JobState.NEEDS_REVIEW)
    jobs.claim(rows[6])
    return batch


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def page(client: Client, batch: Batch, query: str = "", **headers: str) -> str:
    answer = client.get(f"/batches/{batch.id}/{query}", headers=headers)
    assert answer.status_code == 200
    return one_line(answer.content.decode())


def rows_of(html: str) -> list[str]:
    return re.findall(r'data-row="(job_\w+)"', html)


class TestSummary:
    def test_every_state_is_counted(self, mixed: Batch) -> None:
        counted = summaries([mixed])[mixed.id]
        assert counted.jobs == {"done": 2, "failed": 2, "cancelled": 1, "review": 1, "rendering": 1, "queued": 3}
        assert (counted.total, counted.over, counted.is_finished) == (10, 5, False)

    def test_the_credits_are_those_of_the_ledger(self, mixed: Batch, team: Team) -> None:
        counted = summaries([mixed])[mixed.id]
        account = CreditAccount.objects.get(team=team)
        assert (counted.held, counted.spent) == (account.held, account.spent) == (25, 10)
        assert counted.returned == 50 - 25 - 10

    def test_what_has_its_second_try_is_not_offered_again(self, mixed: Batch, creator: Actor) -> None:
        assert (summaries([mixed])[mixed.id].untried, summaries([mixed])[mixed.id].retry_price) == (2, 10)
        batch_actions.retry_failed(creator, mixed, agreed=10)
        assert summaries([mixed])[mixed.id].untried == 0

    def test_one_query_counts_any_number_of_jobs_and_batches(
        self, order: Order, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        both = [order(3), order(2, model="seedream", num_images=2)]
        with django_assert_num_queries(1):
            assert [counted.total for counted in summaries(both).values()] == [3, 2]


class TestPage:
    def test_it_says_how_far_it_is_and_what_it_costs(self, browser: Client, mixed: Batch) -> None:
        html = page(browser, mixed)
        assert 'role="progressbar"' in html and 'aria-valuemax="10" aria-valuenow="5"' in html
        words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
        for said in ("5 of 10 jobs finished", "Done 2", "Failed 2", "Needs you 1", "Queued 3", "Held 25 credits",
                     "Spent 10 credits", "Returned 15", "Retry 2 failed · 10 credits", "By", "Bob"):  # fmt: skip
            assert said in words or said == "By", said
        assert "left" in words

    def test_it_shows_the_jobs_of_one_state(self, browser: Client, mixed: Batch) -> None:
        states = Job.objects.in_bulk(rows_of(page(browser, mixed, "?state=failed"))).values()
        assert [job.state for job in states] == [JobState.FAILED] * 2
        assert len(rows_of(page(browser, mixed, "?state=nonsense"))) == 10

    def test_a_state_without_jobs_says_so(self, browser: Client, order: Order) -> None:
        assert "This batch has no jobs in this state." in page(browser, order(), "?state=failed")

    def test_pages_of_rows_follow_each_other(
        self, browser: Client, order: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batch_views, "JOBS", 2)
        batch, found, query = order(5), [], ""
        for _ in range(3):
            html = page(browser, batch, query, **SCRIPT)
            assert ("<html" in html) == (not query)
            found += rows_of(html)
            following = re.search(r'hx-get="(\?[^"]+)"', html)
            query = following[1].replace("&amp;", "&") if following else ""
        assert found == list(batch.jobs.order_by("id").values_list("id", flat=True)) and not query

    def test_pictures_are_in_their_rows(self, browser: Client, mixed: Batch) -> None:
        picture = stored(mixed.jobs.earliest("id"))[0]
        assert f'href="/gallery/{picture.id}/" data-lightbox' in page(browser, mixed)

    def test_a_failure_is_explained(self, browser: Client, mixed: Batch) -> None:
        html = page(browser, mixed)
        assert "ProductAI could not make this picture." in html and "no image" in html

    def test_a_large_batch_takes_no_more_queries(
        self, browser: Client, order: Order, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        CreditAccount.objects.update(granted=10_000)
        batch = order(120)
        with django_assert_max_num_queries(22):
            assert len(rows_of(page(browser, batch))) == batch_views.JOBS

    def test_what_has_moved_comes_with_the_summary(self, browser: Client, mixed: Batch) -> None:
        first, second = mixed.jobs.order_by("id")[:2]
        html = page(browser, mixed, f"now/?state=done&row={first.id}&row={second.id}&row=job_elsewhere", **SCRIPT)
        assert rows_of(html) == [first.id, second.id] and html.count('hx-swap-oob="true"') == 3
        assert 'id="batch-summary"' in html and "now/?state=done" in html and "<html" not in html

    @pytest.mark.parametrize(
        "nonsense", ["?after=%00", "?after=img_x'--", "?state=%00", f"now/?row=%00&row={'x' * 5000}"]
    )
    def test_nonsense_in_the_address_harms_nothing(self, browser: Client, mixed: Batch, nonsense: str) -> None:
        assert 'id="batch-summary"' in page(browser, mixed, nonsense)

    def test_rows_of_another_batch_do_not_come_along(self, browser: Client, mixed: Batch, order: Order) -> None:
        foreign = order().jobs.get()
        assert rows_of(page(browser, mixed, f"now/?row={foreign.id}", **SCRIPT)) == []

    def test_a_viewer_sees_all_and_changes_nothing(self, vera: User, mixed: Batch) -> None:
        viewer = browser_of(vera)
        html = page(viewer, mixed)
        assert len(rows_of(html)) == 10
        assert "/retry/" not in html and "/cancel/" not in html and "?batch=" not in html

    def test_the_generate_page_leads_here_and_back(self, browser: Client, mixed: Batch) -> None:
        assert f'href="/batches/{mixed.id}/"' in browser.get("/generate/").content.decode()
        assert f'href="/generate/?batch={mixed.id}"' in page(browser, mixed)

    def test_a_row_acts_as_a_row(self, browser: Client, mixed: Batch) -> None:
        queued = mixed.jobs.filter(state=JobState.QUEUED).earliest("id")
        answer = browser.post(f"/jobs/{queued.id}/cancel/", headers=SCRIPT | {"HX-Target": f"row-{queued.id}"})
        html = answer.content.decode()
        assert rows_of(html) == [queued.id] and "Cancelled" in html and "<article" not in html

    def test_a_row_that_was_tried_again_leads_to_its_second_try(
        self, browser: Client, mixed: Batch, creator: Actor
    ) -> None:
        second = batch_actions.retry_failed(creator, mixed, agreed=10)
        html = page(browser, mixed, "?state=failed")
        assert html.count(f'href="/batches/{second.id}/"') == 2 and "failed again" not in html


class TestTryAgain:
    def press(self, browser: Client, batch: Batch, credits: str = "10") -> str:
        answer = browser.post(f"/batches/{batch.id}/retry/", {"credits": credits}, follow=True)
        return str(answer.content.decode())

    def test_what_failed_becomes_one_new_batch_of_second_tries(self, browser: Client, mixed: Batch, team: Team) -> None:
        left = ledger.left(team_id=team.id)
        html = self.press(browser, mixed)
        second = Batch.objects.latest("id")
        assert (
            f'data-summary="{second.id}"' in html and f'retries what failed in <a href="/batches/{mixed.id}/">' in html
        )
        children = second.jobs.order_by("id")
        assert {child.parent_id for child in children} == set(
            mixed.jobs.filter(state=JobState.FAILED).values_list("id", flat=True)
        )
        assert {child.lineage for child in children} == {Job.Lineage.RETRY}
        assert ledger.left(team_id=team.id) == left - 10
        assert AuditEvent.objects.filter(action="batch.tried_again", object_id=mixed.id).exists()

    def test_a_second_press_starts_nothing(self, browser: Client, mixed: Batch) -> None:
        self.press(browser, mixed)
        batches = Batch.objects.count()
        assert "There is nothing left to retry" in self.press(browser, mixed)
        assert Batch.objects.count() == batches

    @pytest.mark.parametrize("agreed", ["5", "", "much", "-10", "9" * 5000])
    def test_it_never_costs_more_than_the_button_said(
        self, browser: Client, mixed: Batch, team: Team, agreed: str
    ) -> None:
        left = ledger.left(team_id=team.id)
        assert "retrying all 2 costs 10 credits" in self.press(browser, mixed, agreed)
        assert ledger.left(team_id=team.id) == left

    def test_too_few_credits_start_nothing(self, browser: Client, mixed: Batch) -> None:
        CreditAccount.objects.update(granted=41)
        assert "This costs 10 credits, but only 6 are left." in self.press(browser, mixed)
        assert Batch.objects.count() == 1

    def test_one_tried_again_alone_is_not_paid_for_twice(self, browser: Client, mixed: Batch, creator: Actor) -> None:
        browser.post(f"/jobs/{mixed.jobs.filter(state=JobState.FAILED).earliest('id').id}/retry/")
        assert batch_actions.retry_failed(creator, mixed, agreed=10).jobs.count() == 1


class TestCancelTheRest:
    def test_what_is_queued_is_taken_back(self, browser: Client, mixed: Batch, team: Team) -> None:
        answer = browser.post(f"/batches/{mixed.id}/cancel/", follow=True)
        assert "3 jobs cancelled. Their credits are back." in answer.content.decode()
        counted = summaries([mixed])[mixed.id]
        assert (counted.jobs["queued"], counted.jobs["cancelled"], counted.jobs["rendering"]) == (0, 4, 1)
        assert (counted.held, counted.returned) == (10, 30)
        assert Hold.objects.filter(resolved_at=None).count() == 2
        released = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.RELEASE).count()
        assert released == 5  # one failure without a cost, one cancelled alone, three now

    def test_nothing_queued_is_said(self, browser: Client, mixed: Batch, creator: Actor) -> None:
        batch_actions.cancel_rest(creator, mixed)
        with pytest.raises(NotPossible, match="Nothing in this batch is queued any more"):
            batch_actions.cancel_rest(creator, mixed)


class TestCsv:
    def read(self, client: Client, batch: Batch) -> list[dict[str, str]]:
        answer = client.get(f"/batches/{batch.id}/jobs.csv")
        assert answer.streaming and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{batch.id}.csv"'

        async def collect() -> bytes:
            return b"".join([part async for part in answer.streaming_content])

        return list(csv.DictReader(io.StringIO(async_to_sync(collect)().decode("utf-8-sig"))))

    def test_a_job_is_a_line_with_everything(self, vera: User, order: Order, team: Team, mug: Product) -> None:
        Product.objects.update(sku="MUG-01")
        preset = Preset.objects.create(team=team, name="Oak shelf")
        version = PresetVersion.objects.create(preset=preset, number=3, template="On oak")
        batch = order(1, preset_version=version, variables={"season": "Winter"}, prompt="On oak,\nin winter")
        picture = stored(batch.jobs.get())[0]
        (line,) = self.read(browser_of(vera), batch)
        assert (line["Product"], line["SKU"], line["Preset"], line["Version"]) == (
            "Camp mug",
            "MUG-01",
            "Oak shelf",
            "3",
        )
        assert (line["Prompt"], line["Variables"]) == ("On oak,\nin winter", "season=Winter")
        assert (line["State"], line["Credits"], line["Shape"]) == ("Queued", "5", "1:1")
        assert line["Links"] == f"http://testserver/gallery/{picture.id}/"
        assert line["Files"] == f"camp-mug-oak-shelf-{picture.id[-4:]}.jpg"

    def test_a_state_is_called_as_on_the_page(self, browser: Client, order: Order) -> None:
        batch = order(len(JobState))
        for job, state in zip(batch.jobs.order_by("id"), JobState, strict=True):
            Job.objects.filter(pk=job.pk).update(state=state)
        states = [line["State"] for line in self.read(browser, batch)]
        assert len(set(states)) == len(JobState) and states[list(JobState).index(JobState.SUBMITTING)] == "Sending"
        html = page(browser, batch)
        assert [state for state in states if not re.search(rf'class="status[^"]*">\s*{state}\s*<', html)] == []

    @pytest.mark.parametrize("start_of_formula", ["=", "+", "-", "@"])
    def test_no_cell_is_a_formula(self, browser: Client, order: Order, start_of_formula: str) -> None:
        evil = f"{start_of_formula}HYPERLINK(1)"
        Product.objects.update(name=evil)
        (line,) = self.read(browser, order(1, prompt=evil))
        assert (line["Product"], line["Prompt"]) == (f"'{evil}", f"'{evil}")

    def test_it_comes_in_portions(self, browser: Client, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dashboard.studio.batch_csv.PORTION", 2)
        batch = order(5)
        assert [line["Job"] for line in self.read(browser, batch)] == sorted(batch.jobs.values_list("id", flat=True))

    def test_a_failure_is_explained(self, browser: Client, mixed: Batch) -> None:
        errors = [line["Error"] for line in self.read(browser, mixed) if line["State"] == "Failed"]
        assert len(errors) == 2 and all("could not make this picture" in error for error in errors)
