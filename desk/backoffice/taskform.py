"""The form of a task."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.choosing import worded
from backoffice.planning import MomentField
from contacts.values import ValueProblem, checked
from desk.backoffice.about import PersonField
from desk.models import Task
from desk.services import checking


class TaskForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is to be done, by when, by whom; a new one says for whom."""

    due_at = MomentField(label=gettext_lazy("Due"), required=False)

    class Meta:
        model = Task
        fields = ("title", "kind", "due_at", "assignee", "text")
        widgets = {"text": forms.Textarea({"rows": 4})}
        formfield_callback = worded

    def __init__(self, user: Any, about: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(person.pk, str(person)) for person in checking.everybody()]
        self.fields["assignee"].choices = [("", gettext_lazy("nobody")), *known]  # type: ignore[attr-defined]
        if self.instance.pk is None:
            self.fields["contact"] = PersonField(user)
            self.initial.update(contact=about, assignee=user.pk)
            self.order_fields(["contact"])

    def clean_title(self) -> str:
        """Check it as everywhere."""
        return str(checked(checking.title, self.cleaned_data["title"]))

    def clean_text(self) -> str:
        """Check it as everywhere."""
        return str(checked(checking.text, self.cleaned_data["text"]))

    def clean(self) -> dict[str, Any]:
        """Give it to nobody who could not see it."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        contact = values.get("contact") or getattr(self.instance, "contact", None)
        if contact is not None and values.get("assignee"):
            try:
                checking.assignee(values["assignee"], contact.pk)
            except ValueProblem as problem:
                self.add_error("assignee", forms.ValidationError(problem.message, problem.code))
        return values
