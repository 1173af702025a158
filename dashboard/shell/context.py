"""What the frame around every page shows. Nothing is looked up before a template asks for it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from dashboard.accounts import access
from dashboard.accounts.models import Membership, Role, Team
from dashboard.presets.access import visible
from dashboard.projects.models import Product
from dashboard.ui.counts import Tally, tally
from generation.contract import CATALOGUE
from generation.counts import gallery
from generation.credits import ledger
from generation.database import redis_client
from generation.models import Connection, Job, JobState
from generation.provider import connections

USUAL_MODEL = CATALOGUE["nanobanana2"]
"""The model whose price says what credits buy."""
BACKGROUND_IS_SILENT = (
    "Background work is not responding right now. Whatever you start stays queued and begins by itself as soon as it "
    "is back."
)


@dataclass(frozen=True, kw_only=True)
class RailItem:
    url: str
    label: str
    icon: str
    active: bool
    count: Tally | None = None


class PageFrame:
    """Each property is looked up once a request, when it is first shown. Views get it from :func:`frame_of`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def membership(self) -> Membership | None:
        return access.current(self._request) if hasattr(self._request, "user") else None

    @property
    def team(self) -> Team | None:
        return self.membership.team if self.membership else None

    @cached_property
    def teams(self) -> list[Team]:
        return [row.team for row in access.own_memberships(self._request)]

    @cached_property
    def credits_left(self) -> int:
        return ledger.left(team_id=self.team.id) if self.team else 0

    @property
    def pictures_left(self) -> int:
        """Pictures that the credits buy at the usual model's price."""
        return max(0, self.credits_left) // USUAL_MODEL.credits

    @cached_property
    def connection(self) -> Connection | None:
        return Connection.objects.filter(team=self.team).first() if self.team else None

    @cached_property
    def connection_notice(self) -> str:
        connection = self.connection
        if connection is None or connections.takes_jobs(connection):
            return ""
        queued = Job.objects.filter(connection=connection, state=JobState.QUEUED)
        return pause_notice(connection, waiting=tally(queued))

    @property
    def background_notice(self) -> str:
        """What waits while Valkey does not answer, as far as this process has noticed."""
        return BACKGROUND_IS_SILENT if redis_client.breaker.is_open else ""

    @cached_property
    def rail(self) -> list[RailItem]:
        if self.membership is None:
            return []
        acting = access.actor(self._request)
        presets = visible(acting).filter(archived_at=None)
        products = Product.objects.filter(team=acting.team, archived_at=None)
        items = [
            self._item("/generate/", "Generate", "plus", home_of="/batches/"),
            self._item("/gallery/", "Gallery", "layout-grid", Tally(gallery.total(acting.team.id))),
            self._item("/presets/", "Presets", "list", tally(presets)),
            self._item("/products/", "Products", "box", tally(products)),
            self._item("/projects/", "Projects", "folder"),
        ]
        items.append(self._item("/spend/", "Spend", "chart-column"))
        if self.membership.role >= Role.ADMIN:
            items.append(self._item("/audit/", "Audit", "scroll-text"))
        in_settings = self._request.path.startswith("/settings/")
        items.append(RailItem(url="/settings/team/", label="Settings", icon="settings", active=in_settings))
        return items

    @cached_property
    def settings_tabs(self) -> list[RailItem]:
        """The pages under Settings, which share one row of tabs."""
        if self.membership is None:
            return []
        tabs = [
            self._item("/settings/team/", "Team", "users"),
            self._item("/settings/members/", "Members", "user"),
        ]
        if self.membership.role >= Role.ADMIN:
            tabs.append(self._item("/settings/connection/", "Connection", "plug"))
            tabs.append(self._item("/settings/brand/", "Brand kit", "palette"))
            tabs.append(self._item("/settings/keys/", "API keys", "key-round"))
        return tabs

    @cached_property
    def spend_tabs(self) -> list[RailItem]:
        """The pages under Spend; a member below admin sees what concerns themselves."""
        if self.membership is None:
            return []
        overview = self._request.path == "/spend/"
        tabs = [
            RailItem(url="/spend/", label="Overview", icon="chart-column", active=overview),
            self._item("/spend/ledger/", "Ledger", "list"),
            self._item("/spend/caps/", "Caps", "gauge"),
        ]
        if self.membership.role >= Role.ADMIN:
            tabs.append(self._item("/spend/what-if/", "What if", "history"))
            tabs.append(self._item("/spend/provider/", "Provider", "scale"))
        return tabs

    def _item(self, url: str, label: str, icon: str, count: Tally | None = None, *, home_of: str = "") -> RailItem:
        """``home_of`` names pages without an item of their own, which are reached from this one."""
        active = self._request.path.startswith((url, home_of or url))
        return RailItem(url=url, label=label, icon=icon, count=count, active=active)


def pause_notice(connection: Connection, *, waiting: Tally) -> str:
    """Why nothing is sent at the moment, how many jobs wait for it, and what helps."""
    jobs = waiting.of("job waits", "jobs wait")
    they = "it starts by itself" if waiting.number == 1 else "they start by themselves"
    match connection.pause:
        case Connection.Pause.CREDITS:
            why, until = "ProductAI is out of credits.", "after a top-up"
        case Connection.Pause.PERSON:
            why, until = f"Sending is paused by {connection.pause_message}.", "once an admin resumes it"
        case Connection.Pause.KEY:
            why, until = "ProductAI refused the team's key.", "once an admin has mended the connection"
        case _:
            why, until = "ProductAI asked us to slow down.", "in a moment"
    return f"{why} {jobs}; {they} {until}." if waiting else f"{why} New jobs start {until}."


def frame_of(request: HttpRequest) -> PageFrame:
    """The request's own: what a view has asked of it is not looked up again for the page around."""
    if not hasattr(request, "_frame"):
        request._frame = PageFrame(request)  # type: ignore[attr-defined]
    frame: PageFrame = request._frame  # type: ignore[attr-defined]
    return frame


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of ``templates/base.html``; templates call what they use."""
    frame = frame_of(request)
    frame_parts = ("membership", "team", "teams", "rail", "settings_tabs", "spend_tabs")
    names = (*frame_parts, "credits_left", "pictures_left", "connection_notice", "background_notice")
    return {name: _later(frame, name) for name in names}


def _later(frame: PageFrame, name: str) -> Any:
    return lambda: getattr(frame, name)
