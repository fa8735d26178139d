"""Values an action sets: the same for all, filled in for each, or choices put in and taken out.

* Wanted.of(values, fields) -> them, checked · wanted.rows(contacts, context) -> what each is given
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, FieldSpec
from contacts.services import filling
from contacts.services.writing import Cleaner
from contacts.values import ValueProblem, clean
from kernel.locks import lock_contacts
from kernel.registry import Problem

# What a token alone gives as it is; others are written as text and read again.
AS_IT_IS = frozenset({"multiselect"})
ACTS = ("add", "remove")


@dataclass
class Wanted:
    """What is to be written: `fixed` cleaned, `filled` with tokens, `chosen` as (add, remove)."""

    fields: Catalogue
    fixed: dict[str, Any] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, values: Mapping[str, Any], fields: Catalogue) -> "Wanted":
        """Check values as a client sent them; `problems` are named by their field."""
        wanted, plain = cls(fields), dict[str, Any]()
        for alias, value in values.items():
            if alias != "owner" and isinstance(value, str) and "{{" in value:
                wanted._fill(alias, value)
            elif isinstance(value, Mapping) and alias != "owner":
                wanted._choose(alias, value)
            else:
                plain[alias] = value
        wanted.fixed, refused = Cleaner(fields).row(plain)
        wanted.problems += refused
        return wanted

    def __bool__(self) -> bool:
        return bool(self.fixed or self.filled or self.chosen)

    def paths(self) -> set[str]:
        """Return the tokens that are read."""
        return {path for text in self.filled.values() for path in filling.tokens(text)}

    def rows(
        self, contacts: Sequence[int], context: Mapping[int, Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], dict[int, str]]:
        """Return a row for each contact, and why others get none.

        Inside a transaction: those whose choices change are locked before they are read. A token
        without a value changes nothing.
        """
        if not self.filled and not self.chosen:
            return [{"id": contact, **self.fixed} for contact in contacts], {}
        if self.chosen:
            lock_contacts(contacts)
        texts = [*self.filled.values(), *map(_token, self.chosen)]
        known = filling.values(contacts, texts, context)
        cleaner, rows, refused = Cleaner(self.fields), [], dict[int, str]()
        for contact in contacts:
            row, problems = cleaner.row(dict(self._given(known.get(contact, {}))))
            if problems:
                refused[contact] = self._named(problems[0])
            else:
                rows.append({"id": contact, **self.fixed, **row})
        return rows, refused

    def _given(self, known: filling.Values) -> Iterator[tuple[str, Any]]:
        for alias, text in self.filled.items():
            spec = self.fields.get(alias)
            bare = spec is not None and spec.type in AS_IT_IS
            value = filling.fill_json(text, known) if bare else filling.fill(text, known).strip()
            if value not in ("", None, []):
                yield alias, value
        for alias, (add, remove) in self.chosen.items():
            held = known.get(f"contact.{alias}") or []
            kept = [one for one in held if one not in remove]
            yield alias, kept + [one for one in add if one not in kept]

    def _named(self, problem: Problem) -> str:
        spec = self.fields.get(problem["field"])
        name = spec.name if spec else problem["field"]
        return _("%(field)s: %(problem)s") % {"field": name, "problem": problem["message"]}

    def _fill(self, alias: str, text: str) -> None:
        try:
            self._spec(alias)
            self._check(text)
        except ValueProblem as problem:
            self._refuse(alias, problem)
        else:
            self.filled[alias] = text

    def _check(self, text: str) -> None:
        if faults := filling.faults(text):
            words = _("Nothing can be put in for %(token)s.") % {"token": faults[0]}
            raise ValueProblem("unknown_token", words)
        if filling.secret(text):
            # Whoever may see the field it goes to would read it there.
            words = _("A sensitive field is not copied into another one.")
            raise ValueProblem("sensitive", words)

    def _choose(self, alias: str, value: Mapping[str, Any]) -> None:
        try:
            self.chosen[alias] = self._choices(self._spec(alias), value)
        except ValueProblem as problem:
            self._refuse(alias, problem)

    def _choices(self, spec: FieldSpec, value: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        if spec.type != "multiselect" or not value.keys() <= {*ACTS}:
            raise ValueProblem("invalid", _("This value is not understood."))
        add, remove = (clean(spec, value.get(act) or []) or [] for act in ACTS)
        if not add and not remove:
            raise ValueProblem("required", _("Choose what to add or to remove."))
        if {*add} & {*remove}:
            raise ValueProblem("invalid", _("A choice stands in both lists."))
        return add, remove

    def _spec(self, alias: str) -> FieldSpec:
        spec = self.fields.get(alias)
        if spec is None:
            raise ValueProblem("unknown_field", _("This field is not known."))
        if not spec.writable:
            raise ValueProblem("read_only", _("This field cannot be written."))
        return spec

    def _refuse(self, alias: str, problem: ValueProblem) -> None:
        self.problems.append({"field": alias, "code": problem.code, "message": problem.message})


def _token(alias: str) -> str:
    return f"{{{{ contact.{alias} }}}}"
