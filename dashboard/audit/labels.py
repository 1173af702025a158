"""Actions in plain words: one table, from which the page, the search and the export read."""

from django.urls import NoReverseMatch, reverse

from dashboard.audit.models import AuditEvent
from generation.text import fold_for_search, words_of

SENTENCES = {
    "batch.cancelled": "cancelled the rest of a batch",
    "batch.started": "started a batch",
    "batch.tried_again": "started the failed jobs of a batch again",
    "brand_kit.changed": "changed the brand kit",
    "cap.changed": "changed a cap",
    "cap.raise_ended": "ended the raise of a cap",
    "cap.raised": "raised a cap for a while",
    "cap.removed": "removed a cap",
    "cap.set": "set a cap",
    "connection.changed": "changed the connection to ProductAI",
    "connection.paused": "paused the connection to ProductAI",
    "connection.resumed": "resumed the connection to ProductAI",
    "credits.granted": "granted credits",
    "demo.created": "set up the demo",
    "drift.adjusted": "adjusted the credits to ProductAI's books",
    "drift.explained": "explained a difference from ProductAI's books",
    "drift.top_up": "noted a top-up at ProductAI",
    "import.started": "started an import of products",
    "invitation.accepted": "accepted an invitation",
    "invitation.made": "invited somebody",
    "invitation.revoked": "revoked an invitation",
    "job.assigned": "said which of ProductAI's jobs is one of ours",
    "job.cancelled": "cancelled a job",
    "job.given_up": "gave a job up",
    "job.tried_again": "had a job tried again",
    "key.issued": "created an API key",
    "key.revoked": "revoked an API key",
    "ledger.adjusted": "adjusted the credits",
    "ledger.refunded": "gave back what a job cost",
    "member.added": "added a member",
    "member.left": "left the team",
    "member.removed": "removed a member",
    "member.role_changed": "changed the role of a member",
    "passkey.added": "added a passkey",
    "passkey.removed": "removed a passkey",
    "passkey.renamed": "renamed a passkey",
    "password.changed": "changed their password",
    "person.changed": "changed a member's account",
    "person.address_changed": "changed their mail address",
    "person.renamed": "changed their name",
    "person.signed_in": "signed in",
    "person.second_factors_removed": "removed a member's second factors",
    "picture.approved": "approved a picture",
    "picture.rejected": "rejected a picture",
    "picture.review_cleared": "took the review of a picture back",
    "pictures.removed": "removed pictures that were older than the team keeps them",
    "preset.added": "added a preset",
    "preset.archived": "archived a preset",
    "preset.cover_chosen": "chose a cover for a preset",
    "preset.edited": "edited a preset",
    "preset.imported": "imported a preset",
    "preset.labelled": "labelled a preset",
    "preset.provider_import": "imported ProductAI's presets",
    "preset.restored": "restored a preset",
    "preset.updated": "made a new version of a preset",
    "product.added": "added a product",
    "product.archived": "archived a product",
    "product.edited": "edited a product",
    "product.photo_added": "added a photo to a product",
    "product.photo_removed": "removed a photo from a product",
    "product.photo_replaced": "chose the main photo of a product",
    "product.restored": "restored a product",
    "project.added": "added a project",
    "project.archived": "archived a project",
    "project.cover_chosen": "chose a cover for a project",
    "project.edited": "edited a project",
    "project.restored": "restored a project",
    "recovery_codes.renewed": "made new recovery codes",
    "sessions.ended": "signed out other browsers",
    "single_sign_on.tied": "linked their account to single sign-on",
    "single_sign_on.untied": "unlinked their account from single sign-on",
    "team.founded": "founded the team",
    "team.renamed": "renamed the team",
    "team.rules_changed": "changed the team's settings",
    "two_factor.switched_off": "switched two-factor sign-in off",
    "two_factor.switched_on": "switched two-factor sign-in on",
}
"""What comes after the actor's name."""

PAGES = {
    "prod": ("product", True),
    "proj": ("project", True),
    "preset": ("preset", True),
    "batch": ("batch", True),
    "img": ("picture", True),
    "import": ("product_import", True),
    "key": ("api_keys", False),
    "conn": ("connection", False),
    "team": ("team", False),
    "cap": ("caps", False),
}
"""The page of an object by the prefix of its id, and whether its address has the id in it."""

DETAILS = {
    "batch.started": "for {credits:,} credits",
    "credits.granted": "{credits:,}",
    "picture.approved": "{product}",
    "picture.rejected": "{product}",
    "picture.review_cleared": "{product}",
    "pictures.removed": "{pictures:,}",
}
"""What to say of an object without a name, from the facts after the change."""

_NAMES = ("name", "title", "email")
_ONE_EACH = ("conn", "team", "brand")
"""Objects of which a team has one, so that nobody needs to be told which."""


def phrase(action: str) -> str:
    """What was done; an action that is not in the table reads "approved a picture", or its own words."""
    if action in SENTENCES:
        return SENTENCES[action]
    noun, _, verb = (part.replace("_", " ") for part in action.partition("."))
    if not verb:
        return noun
    article = "an" if noun[:1] in "aeiou" else "a"
    return f"{verb} {article} {noun}" if " " not in verb else f"changed {article} {noun}: {verb}"


def sentence(event: AuditEvent) -> str:
    """What was done, and to what, without markup."""
    name = object_label(event)
    return f"{phrase(event.action)}: {name}" if name else phrase(event.action)


def object_label(event: AuditEvent) -> str:
    """What the object is called, else what is known of it, else the end of its id, which is unlike others'."""
    if name := object_name(event):
        return name
    try:
        return DETAILS[event.action].format_map(event.after)
    except (KeyError, ValueError, TypeError):
        prefix, _, rest = event.object_id.partition("_")
        return f"…{rest[-6:]}" if len(rest) > 6 and prefix not in _ONE_EACH else ""


def object_name(event: AuditEvent) -> str:
    """What the object is called, as far as the event itself says."""
    known = (facts.get(name) for facts in (event.after, event.before) for name in _NAMES if isinstance(facts, dict))
    return next((value for value in known if isinstance(value, str) and value), "")


def object_page(object_id: str) -> str:
    """The address of the object's page; empty where it has none."""
    name, with_id = PAGES.get(object_id.partition("_")[0], ("", False))
    try:
        return reverse(name, args=[object_id] if with_id else []) if name else ""
    except NoReverseMatch:
        return ""


def matching(text: str) -> list[str]:
    """The known actions whose words hold each word of ``text``."""
    asked = words_of(text)
    return [
        action for action, words in SENTENCES.items() if asked and all(word in fold_for_search(words) for word in asked)
    ]
