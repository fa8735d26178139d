"""Finds the field a condition names: core, custom, of the company, or a list beside it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import CORE, Catalogue, FieldSpec, catalogue, spec_of
from contacts.filters.family import Target
from contacts.filters.reachability import STANDING, TOPIC, topic, topics
from contacts.models import Field
from contacts.services.fields.definition import NEVER_INDEXED
from kernel.filters import Reading, refuse
from kernel.filters.operands import a_text

SOURCES = {"state": "s", "related": "co"}
# What stands beside the fields of a contact and has operators of its own.
BESIDE = {
    target.alias: target
    for target in (
        Target("tags", "tags", _lazy("Tags"), "", frozenset({"tags"}), cost=5),
        Target("owner", "owner", _lazy("Owner"), "c.owner_id", frozenset({"field:owner"})),
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
    elif name.startswith("company."):
        found = reading.once(_company_fields).get(name.removeprefix("company."))
    else:
        found = _of_contact(reading.once(catalogue), name)
    if found is None:
        raise refuse("field", "unknown_field", _("There is no field of this name."))
    return found


def every_target() -> list[Target]:
    """Return all that a condition on a field may be about, the company's fields last."""
    known = catalogue()
    own = [_of_contact(known, alias) for alias in known.fields]
    beside = (*BESIDE.values(), *STANDING.values(), *topics())
    return [t for t in (*own, *beside, *_company_fields().values()) if t is not None]


def custom_label(option: Mapping[str, Any]) -> str:
    """Return the label of an option in the language in force."""
    labels = option.get("labels") or {}
    return str(labels.get((get_language() or "en")[:2]) or option.get("label") or option["value"])


def core_targets() -> list[Target]:
    """Return what every installation has, for the manual."""
    known = Catalogue({spec.alias: spec for spec in CORE}, ())
    own = [_of_contact(known, alias) for alias in known.fields]
    beside = (*BESIDE.values(), *STANDING.values())
    return [target for target in (*own, *beside) if target is not None]


def _of_contact(known: Catalogue, alias: str) -> Target | None:
    spec = known.get(alias)
    if spec is None:
        return None
    reads = {spec.read} | ({"company:name"} if alias == "company" else set())
    return _target(spec, alias, SOURCES.get(spec.kept, "c"), reads)


def _company_fields() -> Mapping[str, Target]:
    name = FieldSpec("name", "text", _lazy("Company"), "co.name", kept="related")
    specs = [name, *map(spec_of, Field.objects.filter(object=Field.Object.COMPANY))]
    return {
        spec.alias: _target(
            spec,
            f"company.{spec.alias}",
            "co",
            {"field:company", f"company:{spec.alias}"},
        )
        for spec in specs
    }


def _target(spec: FieldSpec, alias: str, source: str, reads: set[str]) -> Target:
    custom = spec.kept == "attrs"
    return Target(
        alias=alias,
        type=spec.type,
        label=spec.label,
        sql=spec.sql.replace("c.attrs", "co.attrs") if source == "co" else spec.sql,
        reads=frozenset(reads),
        source=source,
        kept="text" if custom else "instant",
        cost=1 if custom else 0,
        labels=spec.labels,
        options=spec.options,
        id=spec.id,
        indexed=spec.indexed or spec.type in NEVER_INDEXED,
    )
