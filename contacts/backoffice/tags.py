"""Tags on screen: the words people file contacts under."""

from datetime import datetime
from typing import Any
from zlib import crc32

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import telling_whose
from backoffice.resource import Resource, called
from backoffice.routes import register
from contacts.models import Tag
from contacts.services import counting, tags
from contacts.values import checked
from kernel import usage
from kernel.registry import ConfigProblem


class TagForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name."""

    class Meta:
        model = Tag
        fields = ("name",)

    def clean_name(self) -> str:
        """Check it as everywhere, and that it is free."""
        name = checked(tags.clean_name, self.cleaned_data["name"])
        found = tags.find([name]).get(name)
        if found is not None and found != self.instance.pk:
            raise ValidationError(_("There is a tag of this name."), "taken")
        return name


def _people(row: Any) -> Any:
    behind = f"{reverse('contacts')}?tag={row.pk}"
    return format_html('<a href="{}">{}</a>', behind, in_words(row.people))


class Tags(Resource[Tag]):
    """Tags: renamed and deleted here, made by using them, too."""

    key = kind = "tags"
    path = "settings/tags"
    model = Tag
    form = TagForm
    icon = "tag"
    label, plural, new_label = _lazy("Tag"), _lazy("Tags"), _lazy("New tag")
    purpose = _lazy("A tag is a word you file people under. New ones are made by using them.")
    in_settings = True
    subject = "tag"
    columns = (
        Column("people", _lazy("People"), _people, end=True, narrow=True),
        Column("created_at", _lazy("Created"), sort="created_at", width="when"),
    )
    sorts = ("name", "created_at")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Tag]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: list[Tag]) -> None:
        """Count the people of each, those one may see."""
        counting.attach(rows, counting.TAGGED)

    def details(self, row: Tag) -> list[tuple[Any, Any]]:
        """Tell what the list tells."""
        self.attach([row])
        return list(super().details(row))

    def version(self, row: Tag) -> str:
        """Tell by the name whether somebody renamed it: that is all there is to a tag."""
        return f"{crc32(row.name.encode()):x}"

    def save(self, form: Any, user: Any, now: datetime) -> Tag:
        """Make it, or rename it, unless something names it."""
        name = form.cleaned_data["name"]
        if form.instance.pk is None:
            return Tag.objects.get(pk=tags.find_or_make([name], now)[name])
        try:
            return tags.rename(Tag.objects.get(pk=form.instance.pk), name)
        except usage.InUse as used:
            problem = {"field": "name", "code": "in_use", "message": used.said(user, called)}
            raise ConfigProblem([problem]) from used

    def delete(self, row: Tag, now: datetime) -> None:
        """Take it off everybody, unless something names it."""
        tags.delete(row)


Tags.bulk = (deleting(Tags),)
urlpatterns = register(
    Tags, Place(_lazy("Tags"), "tags", "tag", 930, "tags", under="settings"), order=930
)
