"""What campaigns, forms, triggers and the API can do to contacts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import Catalogue, FieldSpec, catalogue, hidden, whole
from contacts.plugins import tag_words
from contacts.plugins.owner_words import named
from contacts.services import takingback
from contacts.services.plan import Terms
from contacts.services.tags import change_tags, clean_name, find
from contacts.services.upsert import write
from contacts.services.wanted import Wanted
from contacts.services.writing import cleaned
from contacts.values import checked, display
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.exchanging import Exchange, exchanged
from kernel.filters import restoring
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from kernel.settings_forms import picking


class TagNames(forms.JSONField):
    """A list of names of tags."""

    def clean(self, value: Any) -> list[str]:
        """Check each name."""
        if value in (None, ""):
            return []
        if not isinstance(value, list) or len(value) > 100:
            raise forms.ValidationError(_("A list of names is expected."), "invalid")
        return sorted({checked(clean_name, name) for name in value})


class TagsForm(forms.Form):
    """Tags to put on and to take off; names that don't exist are made when they are put on."""

    add = picking("tag", TagNames(label=_lazy("Add"), required=False), many=True)
    remove = picking("tag", TagNames(label=_lazy("Remove"), required=False), many=True)

    def clean(self) -> dict[str, Any]:
        """Refuse settings that do nothing."""
        values = super().clean() or {}
        if not self.errors and not values["add"] and not values["remove"]:
            raise forms.ValidationError(_("Name a tag to add or to remove."), "required")
        if not self.errors and set(map(str.casefold, values["add"])) & set(
            map(str.casefold, values["remove"])
        ):
            raise forms.ValidationError(_("A tag stands in both lists."), "invalid")
        return values


@contact_actions.register
class ChangeTags(ContactAction):
    """Puts tags on contacts and takes others off."""

    key = "tags.change"
    label = _lazy("Change tags")
    form = TagsForm
    icon = "tag"
    reversible = undoable = True
    pointing = frozenset({"tag"})

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change the whole batch in one statement each way."""
        change_tags(
            batch.contacts,
            self.config.get("add", []),
            self.config.get("remove", []),
            now,
            depth=batch.depth,
            bulk=batch.bulk,
        )
        return Outcomes()

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep who will have a tag newly, and who has one to lose."""
        return takingback.tags_before(contacts, self._names("add"), self._names("remove"))

    def concerned(self, kept: Any) -> set[int]:
        """Return who got or lost one of the tags."""
        return {
            contact
            for key in ("put", "gone")
            for people in kept[key].values()
            for contact in people
        }

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Take off what was put on, and put on what was taken off."""
        return takingback.tags_back(kept, contacts, now)

    def done(self, count: int, shown: str) -> str:
        """Say which tags they have now, or no longer."""
        return tag_words.asked(self._names("add"), self._names("remove"), count, shown)

    def told(self, contacts: Collection[int], shown: str, kept: Any) -> str:
        """Say which tags how many have newly, or no longer; and which nobody had to get or lose."""
        if kept is None:
            return self.done(len(contacts), shown)
        return tag_words.told(kept, contacts)

    def _names(self, key: str) -> list[str]:
        found: list[str] = self.config.get(key, [])
        return found

    def describe(self) -> str:
        """List the tags."""
        parts = [f"+ {name}" for name in self.config.get("add", [])]
        parts += [f"− {name}" for name in self.config.get("remove", [])]  # noqa: RUF001 - a minus
        return _("Tags: %(tags)s") % {"tags": ", ".join(parts)}

    def uses(self) -> list[tuple[str, int]]:
        """Name the tags there are."""
        named = [*self.config.get("add", []), *self.config.get("remove", [])]
        return [("tag", number) for number in sorted(find(named).values())]


class ValuesForm(forms.Form):
    """Values by field; `UpdateContacts` checks them as the API does."""

    values = picking("values", forms.JSONField(label=_lazy("Values")))


@contact_actions.register
class UpdateContacts(ContactAction):
    """Sets fields of contacts: to fixed values, or to what tokens stand for; adds choices."""

    key = "contacts.update"
    label = _lazy("Change fields")
    form = ValuesForm
    icon = "pencil"
    reversible = undoable = True

    @classmethod
    def clean(cls, config: object) -> dict[str, Any]:
        """Check the values as the API does."""
        if not isinstance(config, dict) or not isinstance(config.get("values"), Mapping):
            raise ConfigProblem([_fault("values", "required", _("An object is expected."))])
        problems = [
            _fault(str(key), "unknown_field", _("This setting is not known."))
            for key in config
            if key != "values"
        ]
        # What stands there already, others wrote, who saw the field.
        fields = whole() if restoring.is_exempt(config["values"]) else catalogue()
        wanted = Wanted.of(config["values"], fields)
        problems += [
            {**problem, "field": f"values.{problem['field']}"} for problem in wanted.problems
        ]
        if config["values"].get("owner") == "":
            # Not chosen yet: nobody is null, and takes the owner from everybody.
            problems.append(_fault("values.owner", "required", _("Choose an owner, or nobody.")))
        if not wanted and not problems:
            problems = [_fault("values", "required", _("Name a field to change."))]
        if problems:
            raise ConfigProblem(problems)
        return {"values": dict(config["values"])}

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Give contacts to nobody who is not known by that name."""
        values = config.get("values")
        if not isinstance(values, Mapping) or values.get("owner") is None:
            return dict(config)
        rest = {name: value for name, value in values.items() if name != "owner"}
        given = values["owner"]
        owner = exchanged(
            "user", given.get("id", given) if isinstance(given, Mapping) else given, exchange
        )
        return {**config, "values": rest if owner is None else {**rest, "owner": owner}}

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse to give contacts away to whoever reaches only their own."""
        super().check_reach(user, verb)
        values, _refused = cleaned(self.config["values"])
        if (
            user.reach("contacts", "edit") is not Reach.ALL
            and values.get("owner", user.pk) != user.pk
        ):
            raise ConfigProblem([_fault("values.owner", "not_allowed", _("This can only be you."))])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write the values where they differ; who lacks the right to one is skipped."""
        # Whoever has it done: the settings were checked by the rights of who wrote them.
        wanted = Wanted.of(self.config["values"], whole())
        if wanted.problems:
            # A field that was deleted meanwhile, or an option that is gone.
            message = wanted.problems[0]["message"]
            return Outcomes(skipped=dict.fromkeys(batch.contacts, message))
        rows, skipped = wanted.rows(batch.contacts, batch.context)
        terms = Terms(match="id", mode="update", depth=batch.depth, bulk=batch.bulk)
        result = write(rows, now, terms)
        for place, problems in result.rejected.items():
            skipped[rows[place]["id"]] = problems[0]["message"]
        return Outcomes(skipped=skipped, same=set(result.unchanged))

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep whose they were; former values of other fields are not kept."""
        return takingback.owners_before(contacts, self._owner()) if self._gives() else None

    def concerned(self, kept: Any) -> set[int]:
        """Return who belonged to somebody else."""
        return {contact for people in kept.values() for contact in people}

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Give everybody back who still belongs to whom they were given."""
        return takingback.owners_back(kept, self._owner(), contacts, now)

    def done(self, count: int, shown: str) -> str:
        """Say whose they are now."""
        if not self._gives():
            return super().done(count, shown)
        if self._owner() is None:
            nobody = ngettext(
                "%(count)s contact belongs to nobody now",
                "%(count)s contacts belong to nobody now",
                count,
            )
            return nobody % {"count": shown}
        words = ngettext(
            "%(count)s contact belongs to %(name)s now",
            "%(count)s contacts belong to %(name)s now",
            count,
        )
        return words % {"count": shown, "name": named(self.config["values"]["owner"])}

    def _gives(self) -> bool:
        """Say whether all it changes is the owner."""
        return list(self.config.get("values", {})) == ["owner"]

    def _owner(self) -> int | None:
        values, _refused = cleaned(self.config["values"])
        owner: int | None = values.get("owner")
        return owner

    def describe(self) -> str:
        """List the fields and values."""
        fields, told, secret = catalogue(), self.config.get("values", {}), hidden()
        kept, _refused = cleaned(told)
        parts = []
        for alias, value in told.items():
            if alias == "owner":
                parts.append(_("Owner: %(name)s") % {"name": named(value)})
                continue
            spec = fields.get(alias)
            if spec is None:
                # What is kept from the reader, and what a field held that is gone.
                parts.append(_called(alias, fields, secret))
                continue
            words = _in_words(spec, kept[alias]) if alias in kept else value
            parts.append(
                f"{spec.name}: {_added(spec, value)}"
                if isinstance(value, Mapping)
                else f"{spec.name} = {words}"
            )
        return ", ".join(dict.fromkeys(parts))

    def told_to(self, user: Actor) -> str:
        """Name the fields; their values are not told in any history."""
        fields, secret = catalogue(), hidden()
        told = [_called(alias, fields, secret) for alias in self.config.get("values", {})]
        names = dict.fromkeys(told)
        return _("%(action)s: %(fields)s") % {"action": self.label, "fields": ", ".join(names)}

    def uses(self) -> list[tuple[str, int]]:
        """Name the custom fields it writes."""
        fields = whole()
        values = self.config.get("values", {})
        read = [path.partition(".")[2] for path in Wanted.of(values, fields).paths()]
        specs = [fields.get(alias) for alias in [*values, *read]]
        return sorted({("field", spec.id) for spec in specs if spec and spec.id is not None})


def _called(alias: str, fields: Catalogue, secret: Collection[str]) -> str:
    return _("a sensitive field") if alias in secret else fields.called(alias)


def _in_words(spec: FieldSpec, value: Any) -> str:
    """Write a value as a page of a contact does."""
    zone = timezone.get_current_timezone_name()
    return display(spec, value, get_language() or "en", zone) or _("nothing")


def _added(spec: FieldSpec, value: Mapping[str, Any]) -> str:
    """Write which choices come and which go."""
    parts = [f"+ {_in_words(spec, [one])}" for one in value.get("add") or []]
    parts += [f"− {_in_words(spec, [one])}" for one in value.get("remove") or []]  # noqa: RUF001 - a minus
    return ", ".join(parts)


def _fault(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}
