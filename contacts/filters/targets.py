"""Finds the field a condition names: core, custom, of the company, or a list beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import CORE, Catalogue, FieldSpec, catalogue, whole
from contacts.company_catalogue import CORE as OF_COMPANIES
from contacts.company_catalogue import NAME, SCORE, companies
from contacts.filters.family import Target
from contacts.filters.reachability import NUMBERED, STANDING, TOPIC, of_number, topic, topics
from contacts.services.fields.definition import NEVER_INDEXED
from contacts.values import display
from kernel import secrecy
from kernel.filters import Reading, refuse
from kernel.filters.operands import a_text

SOURCES = {"state": "s", "related": "co"}
COMPANY_OWNER = "company.owner"
# What stands beside the fields of a contact and has operators of its own.
BESIDE = {
    target.alias: target
    for target in (
        Target("tags", "tags", _lazy("Tags"), "", frozenset({"tags"}), cost=5),
        Target("owner", "owner", _lazy("Owner"), "c.owner_id", frozenset({"field:owner"})),
        Target(
            COMPANY_OWNER,
            "owner",
            _lazy("Owner of the company"),
            "co.owner_id",
            frozenset({"field:company", "company:owner"}),
            "co",
        ),
        Target("stage", "stage", _lazy("Stage"), "s.stage_id", frozenset({"state:stage"}), "s"),
    )
}


def find(alias: object, reading: Reading) -> Target:
    """Return what a condition is about, or refuse its name."""
    name = a_text(alias, "field", longest=80)
    if name in BESIDE or name in STANDING:
        return BESIDE.get(name) or STANDING[name]
    if name.startswith(TOPIC):
        found = topic(name, reading)
    elif numbered := of_number(name):
        found = numbered.find(name, reading)
    elif name.startswith("company."):
        found = reading.once(_company_fields).get(name.removeprefix("company."))
    else:
        found = _of_contact(reading.once(whole), name)
        if found and found.sensitive and _kept_from(reading):
            found = None
    if found is None:
        raise refuse("field", "unknown_field", _("There is no field of this name."))
    return found


def _kept_from(reading: Reading) -> bool:
    """Say whether whoever wrote this may not see what is sensitive; stored filters go on."""
    if not reading.verify:
        return False
    return secrecy.hides() if reading.user is None else secrecy.hidden_from(reading.user)


def every_target() -> list[Target]:
    """Return all that a condition on a field may be about, the company's fields last."""
    known = catalogue()
    own = [_of_contact(known, alias) for alias in known.fields]
    of_apps = (target for numbered in NUMBERED.values() for target in numbered.every())
    beside = (*BESIDE.values(), *STANDING.values(), *topics(), *of_apps)
    return [t for t in (*own, *beside, *_company_fields().values()) if t is not None]


def custom_label(option: Mapping[str, Any]) -> str:
    """Return the label of an option in the language in force."""
    labels = option.get("labels") or {}
    return str(labels.get((get_language() or "en")[:2]) or option.get("label") or option["value"])


def label_of(target: Target, value: str) -> str:
    """Return what a code of a field stands for, in the language in force: `FR` is France."""
    spec = FieldSpec(target.alias, target.type, target.name, "", options=target.options)
    return display(spec, value, get_language() or "en")


def core_targets() -> list[Target]:
    """Return what every installation has, for the manual."""
    known = Catalogue({spec.alias: spec for spec in CORE}, ())
    own = [_of_contact(known, alias) for alias in known.fields]
    beside = (*BESIDE.values(), *STANDING.values())
    of_company = [_of_company(spec) for spec in (NAME, *OF_COMPANIES, SCORE)]
    return [target for target in (*own, *beside, *of_company) if target is not None]


def _of_contact(known: Catalogue, alias: str) -> Target | None:
    spec = known.get(alias)
    if spec is None:
        return None
    reads = {spec.read} | ({"company:name"} if alias == "company" else set())
    return _target(spec, alias, SOURCES.get(spec.kept, "c"), reads)


def _company_fields() -> Mapping[str, Target]:
    return {alias: _of_company(spec) for alias, spec in companies().fields.items()}


def _of_company(spec: FieldSpec) -> Target:
    label = _lazy("Company") if spec.alias == "name" else spec.label
    known = replace(spec, label=label, sql=spec.sql.replace("c.", "co."))
    reads = {"field:company", f"company:{spec.alias}"}
    return _target(known, f"company.{spec.alias}", "co", reads)


def _target(spec: FieldSpec, alias: str, source: str, reads: set[str]) -> Target:
    custom = spec.kept == "attrs"
    return Target(
        alias=alias,
        type=spec.type,
        label=spec.label,
        sql=spec.sql,
        reads=frozenset(reads),
        source=source,
        kept="text" if custom else "instant",
        cost=1 if custom else 0,
        labels=spec.labels,
        options=spec.options,
        id=spec.id,
        sensitive=spec.sensitive,
        indexed=spec.indexed or spec.type in NEVER_INDEXED,
    )
