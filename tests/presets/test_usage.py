"""Who makes pictures with a preset, and what they cost."""

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, User
from dashboard.members.keys import issue
from dashboard.presets import actions
from dashboard.presets.access import Sharing
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.models import Preset
from dashboard.presets.usage import PresetUse, total, usage
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from dashboard.ui.edits import stamp
from generation.credits import ledger
from tests.conftest import browser_of
from tests.ui.markup import one_line

OAK = Draft(name="Oak", template="{{product}} on oak")


def use(acting: Actor, row: Preset, mug: Product, *, pictures: int = 0, credits: int | None = None) -> None:
    spec = JobSpec(mug, "on oak", "nanobanana2", "4:3", 2, preset_version=row.current)
    job = start(acting, specs=[spec]).jobs.get()
    if credits is not None:
        ledger.capture(job=job, credits=credits, pictures=pictures)


def test_jobs_pictures_and_captured_credits_are_counted_by_member(creator: Actor, ada: User, mug: Product) -> None:
    admin = Actor(creator.team, Role.ADMIN, user=ada)
    key, _ = issue(admin, name="Nightly")
    row = actions.add(creator, OAK)
    use(creator, row, mug, pictures=2, credits=10)
    use(creator, row, mug)
    use(Actor(creator.team, Role.CREATOR, api_key=key), row, mug, credits=3)
    pine = Draft(name="Oak", template="{{product}} on pine")
    actions.edit(creator, row, pine, sharing=Sharing(), seen=stamp(actions.facts(row)))
    row.refresh_from_db()
    use(admin, row, mug, pictures=1, credits=15)
    use(creator, actions.add(creator, draft_of(row)), mug, pictures=1, credits=5)
    rows = usage(row)
    assert rows == [
        PresetUse(who="Ada", jobs=1, pictures=1, credits=15),
        PresetUse(who="Bob", jobs=1, pictures=2, credits=10),
        PresetUse(who="API key Nightly", jobs=1, pictures=0, credits=3),
    ]
    assert total(rows) == PresetUse(who="", jobs=3, pictures=3, credits=28)


def test_the_page_tells_who_uses_it(creator: Actor, vera: User, mug: Product) -> None:
    row = actions.add(creator, OAK)
    browser = browser_of(vera)
    assert "Nobody has used it yet." in browser.get(f"/presets/{row.id}/").content.decode()
    use(creator, row, mug, pictures=1, credits=10)
    html = one_line(browser.get(f"/presets/{row.id}/").content.decode())
    assert '<th scope="row">Bob</th><td class="num">1</td><td class="num">1</td><td class="num">10</td>' in html
