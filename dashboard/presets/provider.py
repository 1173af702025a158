"""The provider's own presets among the team's, and their later changes."""

from dataclasses import dataclass, replace

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.record import record
from dashboard.presets import actions, templating
from dashboard.presets.covers import hint_cover
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.models import Preset, PresetVersion
from dashboard.presets.names import names_of, tell_apart
from dashboard.presets.variables import PRODUCT, Variable, check_all, read
from generation.contract import CATALOGUE, PROMPT_MAX, RemotePreset, is_text
from generation.errors import UserFacingError
from generation.models import Connection
from generation.provider import connections
from generation.provider.client import OutcomeUnknown
from generation.text import normalise, normalise_lines

ID_MAX = 100
ORIGIN = "ProductAI"
PAGE = 100
PAGES_MAX = 10
SECONDS = 10


@dataclass
class ImportOutcome:
    """How many of the provider's presets went where."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    locked: int = 0
    unusable: int = 0

    @property
    def sentence(self) -> str:
        if not any(vars(self).values()):
            return "ProductAI has no presets for this account."
        counts = [(self.added, "added"), (self.updated, "updated"), (self.unchanged, "unchanged")]
        parts = [", ".join(f"{count} {what}" for count, what in counts if count) or "Nothing added"]
        if self.locked:
            parts.append(f"{self.locked} approved here: an admin can bring the change in")
        if self.unusable:
            parts.append(f"{self.unusable} left out, because their prompts cannot be used as templates")
        return f"From ProductAI: {'. '.join(parts)}."


def fetch(connection: Connection) -> list[RemotePreset]:
    """All the provider's presets, page by page. Raises ``client.ProviderError``."""
    presets: dict[str, RemotePreset] = {}
    with connections.open_client(connection, seconds=SECONDS) as client:
        for number in range(PAGES_MAX):
            page = client.list_presets(limit=PAGE, offset=number * PAGE)
            presets |= {preset.preset_id: preset for preset in page.items}
            if not page.items or len(presets) >= page.total:
                return list(presets.values())
    raise OutcomeUnknown(f"There are more than {PAGE * PAGES_MAX:,}, which is more than one import takes.")


def bring_in(acting: Actor, presets: list[RemotePreset]) -> ImportOutcome:
    """Add what is new, and make a version of what the provider changed since; label, visibility and tags stay."""
    acting.require(Role.CREATOR)
    outcome = ImportOutcome()
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=acting.team.pk)  # two imports at once would add everything twice
        rows = Preset.objects.filter(team=acting.team).exclude(provider_id="").select_related("current")
        known = {row.provider_id: row for row in rows}
        taken = names_of(acting)
        for remote in presets:
            _bring_in(acting, remote, known.get(remote.preset_id), taken, outcome)
        if outcome.added or outcome.updated:
            record(acting, "preset.provider_import", "", after=vars(outcome))
    return outcome


def _bring_in(acting: Actor, remote: RemotePreset, row: Preset | None, taken: set[str], outcome: ImportOutcome) -> None:
    try:
        draft = draft_from(remote)
    except UserFacingError:
        outcome.unusable += 1
        return
    if row:
        hint_cover(row, remote.thumbnail_url)
    if row is None:
        _add(acting, remote, replace(draft, name=tell_apart(draft.name, taken, origin=ORIGIN)))
        outcome.added += 1
    elif not _is_news(row, draft):
        outcome.unchanged += 1
    elif not actions.may_change(acting, row):
        outcome.locked += 1
    else:
        _update(acting, row, draft)
        outcome.updated += 1


def draft_from(remote: RemotePreset) -> Draft:
    """The provider's preset in our words; its names become text variables. Raises ``UserFacingError``."""
    template = normalise_lines(remote.prompt)
    if (
        not template
        or len(template) > PROMPT_MAX
        or len(remote.preset_id) > ID_MAX
        or not is_text("".join((template, remote.preset_id, remote.name, remote.description)))
    ):
        raise UserFacingError(f"{remote.preset_id} has no prompt that can be used.")
    templating.check(template)
    names = [name for name in templating.names(template) if name != PRODUCT]
    described = [Variable(name, "text", name.replace("_", " ").capitalize(), required=True) for name in names]
    model = next((name for name in remote.recommended_models if name in CATALOGUE), next(iter(CATALOGUE)))
    category = remote.category if remote.category in Preset.Category else Preset.Category.CUSTOM.value
    return Draft(
        name=normalise(remote.name)[:80] or remote.preset_id[:80],
        category=category,
        description=normalise(remote.description)[:300],
        template=template,
        variables=check_all(described),
        model=model,
    )


def _is_news(row: Preset, draft: Draft) -> bool:
    """Whether the provider says anything else than when it was last imported; local edits do not count."""
    last = _last_import(row)
    same = last and (last.template, last.model, read(last.variables)) == (draft.template, draft.model, draft.variables)
    return not same


def _last_import(row: Preset) -> PresetVersion | None:
    return row.versions.filter(created_by=None).order_by("-number").first()


def _add(acting: Actor, remote: RemotePreset, draft: Draft) -> None:
    row = Preset.objects.create(team=acting.team, provider_id=remote.preset_id, **draft.described)
    actions.write_version(row, draft, acting=None)
    hint_cover(row, remote.thumbnail_url)
    record(acting, "preset.added", row.id, after=draft.as_json() | {"provider_id": remote.preset_id})


def _update(acting: Actor, row: Preset, draft: Draft) -> None:
    """Only what pictures are made with; the rest is the team's own by now."""
    present = draft_of(row)
    after = replace(present, template=draft.template, variables=draft.variables, model=draft.model)
    actions.write_version(row, after, acting=None)
    record(acting, "preset.updated", row.id, before=present.as_json(), after=after.as_json())
