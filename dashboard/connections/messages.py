"""The connection in plain words."""

from dataclasses import dataclass

from django.conf import settings

from generation.contract import PLAN_LIMITS, Account
from generation.models import Connection
from generation.provider import connections
from generation.provider.base_url import provider_name

PAUSES = {
    Connection.Pause.RATE_LIMIT: "asked us to slow down",
    Connection.Pause.CREDITS: "is out of credits",
    Connection.Pause.KEY: "refused the key",
}


@dataclass(frozen=True)
class Way:
    """How something travels, and why so."""

    title: str
    text: str
    icon: str


def masked(key: str) -> str:
    """Enough of a key to recognise it by."""
    return f"•••• {key[-4:]}" if len(key) >= 16 else "••••"


def plan(connection: Connection) -> str:
    """The plan, where its speed is one that we know, and how fast it lets us be."""
    names = [name.title() for name, limit in PLAN_LIMITS.items() if limit == connection.plan_limit]
    return " · ".join([*names, f"at most {connection.plan_limit:,} requests a minute"])


def owner_of(account: Account) -> str:
    """Whose key it is, as the provider said: ``a@example.com, Pro plan (60 requests a minute), 1,234 credits left``."""
    limit = PLAN_LIMITS.get(account.plan)
    speed = f" ({limit:,} requests a minute)" if limit else ""
    facts = [account.email, account.plan and f"{account.plan.title()} plan{speed}", f"{account.credits:,} credits left"]
    return ", ".join(fact for fact in facts if fact)


def news(connection: Connection) -> Way:
    """How we learn that a picture is done."""
    name = provider_name(connection.base_url)
    if connections.hears_webhooks(connection):
        text = f"{name} tells us the moment a picture is done, at {settings.PUBLIC_URL}."
        return Way("By webhook", f"{text} When nothing is heard, Packshot asks.", "webhook")
    why = f"{settings.PUBLIC_URL} is only reachable from this computer"
    return Way("By asking", f"{why}, so Packshot asks {_inside(name)} every few seconds.", "refresh-cw")


def photos(connection: Connection) -> Way:
    """How product photos reach the provider."""
    name = provider_name(connection.base_url)
    if connections.reads_links(connection):
        return Way("As links", f"{name} reads each photo from a link that expires after an hour.", "link")
    if connection.photo_delivery == Connection.PhotoDelivery.LINK:
        why = f"Links were chosen, but {_inside(name)} cannot open {settings.PUBLIC_URL}. "
    else:
        why = ""
    return Way(
        "As uploads", f"{why}Each photo is uploaded to {_inside(name)} once and used again from there.", "cloud-upload"
    )


def _inside(name: str) -> str:
    """A provider's name within a sentence."""
    return name.replace("The ", "the ", 1)


def pause(connection: Connection) -> str:
    """Why nobody posts at the moment; empty while jobs may leave."""
    if connections.takes_jobs(connection):
        return ""
    if connection.pause == Connection.Pause.PERSON:
        return f"by {connection.pause_message}"
    return f"{provider_name(connection.base_url)} {PAUSES[Connection.Pause(connection.pause)]}"
