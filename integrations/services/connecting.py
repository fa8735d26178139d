"""Creates and changes connections: settings are checked, secrets sealed and kept apart."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.catalogue import hidden
from integrations.models import Connection
from integrations.services import mapping
from kernel import clock, usage
from kernel.connectors import Connector, connectors
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem, Problem, problem
from kernel.sealing import is_alike, unseal
from kernel.settings_forms import SECRETS, SecretField

EXPORTING = gettext_lazy(
    "Only whoever may export contacts says where they are pushed, and pushes them."
)
HIDDEN = gettext_lazy(
    "Fields you may not see are pushed through this connection: only who sees them changes it."
)


def may_push(user: Actor) -> bool:
    """Say whether a user may hand out contacts: what is pushed leaves the workspace."""
    return user.reach("contacts", "export") is not Reach.NONE


def refusal(row: Connection, user: Actor) -> str:
    """Say why this user may not change where contacts go; empty: they may."""
    if not may_push(user):
        return str(EXPORTING)
    kept = row.pk and mapping.kept_from_reader(row.mapping, row.match)
    return str(HIDDEN) if kept else ""


def take(row: Connection, values: Mapping[str, Any], user: Actor) -> None:
    """Give a connection new values: `ConfigProblem` names every place that is wrong.

    `settings` is taken whole; a secret that is not in it stays, unless another server would get it.
    """
    usage.hold()
    if why := refusal(row, user):
        raise ConfigProblem([problem("", "not_allowed", why)])
    for name in ("name", "description", "active"):
        if name in values:
            setattr(row, name, values[name])
    problems = _take_kind(row, values) + _take_mapping(row, values)
    if row.active and not row.mapping and not problems:
        words = _("Say first which fields are filled.")
        problems.append(problem("mapping", "required", words))
    if problems:
        raise ConfigProblem(problems)
    row.uses = sorted(f"field:{one}" for one in mapping.fields_of(row.mapping, row.match))
    # Whoever changes it has looked: what waited for a pause to end is tried at once.
    row.failures, row.paused_until, row.trouble = 0, None, ""
    row.deferrals, row.deferred_since = 0, None


def _take_kind(row: Connection, values: Mapping[str, Any]) -> list[Problem]:
    kind = connectors.get(values.get("connector") or row.connector)
    if kind is None:
        words = _("There is no such kind of system.")
        return [problem("connector", "unknown_connector", words)]
    if "settings" in values or kind.key != row.connector:
        return _take_settings(row, kind, values.get("settings", {}))
    return []


def _take_mapping(row: Connection, values: Mapping[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    try:
        if "mapping" in values:
            row.mapping = mapping.cleaned(values["mapping"])
    except ConfigProblem as refused:
        problems = refused.problems
    if "match" in values and values["match"] not in mapping.sources():
        words = _("There is no such value of a contact.")
        problems.append(problem("match", "unknown_field", words))
    row.match = values.get("match", row.match)
    return problems


def _take_settings(row: Connection, kind: type[Connector], given: Any) -> list[Problem]:
    if not isinstance(given, Mapping):
        return [problem("settings", "invalid", _("An object is expected."))]
    secret = {name for name, each in kind.form.base_fields.items() if _is_secret(each)}
    for name in secret & given.keys():
        if not isinstance(given[name] or "", str) or is_alike(given[name] or ""):
            return [problem(f"settings.{name}", "invalid", _("A text is expected."))]
    try:
        cleaned = kind.clean({name: value for name, value in given.items() if value is not None})
    except ConfigProblem as refused:
        return [
            problem(f"settings.{p['field']}", p["code"], p["message"]) for p in refused.problems
        ]
    plain = {name: value for name, value in cleaned.items() if name not in secret}
    needed = kind.secrets_needed(plain) & secret
    fresh = {name: cleaned[name] for name in needed if cleaned.get(name)}
    kept = {name: one for name, one in row.secrets.items() if name in needed - fresh.keys()}
    if kept and not _is_same(row, kind, plain, kind.servers):
        words = _("The address has changed: enter the secret again.")
        return [problem(f"settings.{name}", "required", words) for name in sorted(kept)]
    if row.pk and not _is_same(row, kind, plain, kind.realm):
        # The same id would be somebody else's record there.
        row.epoch += 1
    row.connector, row.settings, row.secrets = kind.key, plain, {**kept, **fresh}
    if fresh or not row.secrets:
        row.secrets_at = clock.now() if fresh else None
    return []


def _is_same(
    row: Connection,
    kind: type[Connector],
    settings: Mapping[str, Any],
    place: Callable[[Mapping[str, Any]], list[str]],
) -> bool:
    """Say whether new settings lead where those that are kept do."""
    return kind.key == row.connector and place(row.settings) == place(settings)


def _is_secret(field: object) -> bool:
    return isinstance(field, SecretField)


def opened(row: Connection) -> Connector:
    """Return the connector of a connection, its secrets readable.

    Raises `LookupError` where its software is gone, `Unreadable` where a secret is sealed with
    a key that nobody has any more.
    """
    kind = connectors.get(row.connector)
    if kind is None:
        raise LookupError(row.connector)
    secrets = {name: unseal(one, SECRETS) for name, one in row.secrets.items()}
    return kind(row.settings, secrets)


def may_read_answers(user: Actor) -> bool:
    """Say whether what the other system says is shown: it may tell what it holds of anybody."""
    return not hidden() and user.reach("contacts", "view") is Reach.ALL and may_push(user)
