"""The input of several names, such as tags: those there are, are offered as one types."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contacts.models import Tag

MOST_OFFERED = 1_000


def tag_names() -> list[str]:
    """Return what tags are called, in order."""
    rows = Tag.objects.order_by("name_key").values_list("name", flat=True)
    return list(rows[:MOST_OFFERED])


class Names(forms.TextInput):
    """Names between commas, or each in a field of its own, as the page sends what was chosen."""

    def __init__(
        self, known: Callable[[], Iterable[str]] = tag_names, *, makes: bool = True
    ) -> None:
        kind = "new" if makes else "known"
        super().__init__({"data-several": kind, "autocomplete": "off"})
        self.known = known

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read all of them as one text."""
        if name not in data:
            return None
        sent = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
        return ", ".join(part for part in sent if str(part).strip())

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the field, and what it offers."""
        place = f"{(attrs or {}).get('id', name)}-known"
        field = super().render(name, value, {**(attrs or {}), "list": place}, renderer)
        offered = format_html_join(
            "", '<option value="{}"></option>', ((name,) for name in self.known())
        )
        return format_html('{}<datalist id="{}">{}</datalist>', field, place, offered)
