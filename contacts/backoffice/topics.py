"""Topics on screen: what mails are about, with the names visitors read."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import telling_whose
from backoffice.resource import Resource
from backoffice.routes import register
from contacts.models import Topic
from contacts.services import counting, topics
from contacts.values import checked


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, the names visitors read, and whether they find it."""

    label_fr = forms.CharField(label=_lazy("Name in French"), max_length=120, required=False)
    label_en = forms.CharField(label=_lazy("Name in English"), max_length=120, required=False)

    class Meta:
        model = Topic
        fields = ("name", "public")
        help_texts = {"public": _lazy("People find it on their preference page.")}

    field_order = ("name", "label_fr", "label_en", "public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in ("fr", "en"):
            self.initial[f"label_{language}"] = (self.instance.labels or {}).get(language, "")

    def clean_name(self) -> str:
        """Check it as everywhere, and that it is free."""
        name = checked(topics.clean_name, self.cleaned_data["name"])
        if Topic.objects.exclude(pk=self.instance.pk).filter(name__iexact=name).exists():
            raise ValidationError(_("There is a topic of this name."), "taken")
        return name

    def clean(self) -> dict[str, Any]:
        """Put the labels together."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        labels = {}
        for language in ("fr", "en"):
            if text := values.get(f"label_{language}"):
                labels[language] = checked(topics.clean_name, text)
        self.instance.labels = labels
        return values


class Topics(Resource[Topic]):
    """Topics: an email has one, and people may leave it."""

    key = kind = "topics"
    path = "settings/topics"
    model = Topic
    form = TopicForm
    icon = "message"
    label, plural, new_label = _lazy("Topic"), _lazy("Topics"), _lazy("New topic")
    purpose = _lazy("What mails are about, so that people can leave one topic and keep the rest.")
    in_settings = True
    subject = "topic"
    columns = (
        Column(
            "agreed", _lazy("Agreed to it"), lambda row: in_words(row.people), end=True, narrow=True
        ),
        Column("public", _lazy("On the preference page")),
        Column("updated_at", _lazy("Changed"), width="when"),
    )
    sorts = ("name", "created_at")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Topic]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: list[Topic]) -> None:
        """Count who agreed, of those one may see."""
        counting.attach(rows, counting.AGREED)

    def details(self, row: Topic) -> list[tuple[Any, Any]]:
        """Tell what the list tells, and what visitors read."""
        self.attach([row])
        return [
            *super().details(row),
            *((language.upper(), label) for language, label in row.labels.items()),
        ]

    def delete(self, row: Topic, now: datetime) -> None:
        """Delete it with the consents to it; their proof stays."""
        topics.delete(row)


Topics.bulk = (deleting(Topics),)
urlpatterns = register(
    Topics, Place(_lazy("Topics"), "topics", "message", 935, "topics", under="settings"), order=935
)
