"""Settings of what segments offer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.ids import LARGEST_SMALL_ID, read_id
from kernel.settings_forms import picking
from segments.models import Segment

MOST = 100


class SegmentList(forms.Field):
    """Ids of segments that exist."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "invalid": _("A list of ids is expected."),
        # What the user may not see is refused in the same words.
        "not_found": _("There is no such object."),
    }

    def to_python(self, value: Any) -> list[int]:
        """Read the ids; strings of digits are ids, too."""
        if value in (None, ""):
            return []
        if not isinstance(value, list) or len(value) > MOST:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return sorted({self._read(item) for item in value})

    def validate(self, value: list[int]) -> None:
        """Look the segments up."""
        known = set(Segment.objects.filter(pk__in=value).values_list("pk", flat=True))
        for number in value:
            if number not in known:
                raise ValidationError(self.error_messages["not_found"], "not_found")

    def _read(self, item: Any) -> int:
        number = read_id(item, LARGEST_SMALL_ID)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return number


class ChangeForm(forms.Form):
    """Which segments are entered and which are left."""

    add = picking("segment", SegmentList(label=_("Add to segments"), required=False), many=True)
    remove = picking(
        "segment", SegmentList(label=_("Remove from segments"), required=False), many=True
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a change that changes nothing, or both ways at once."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        add, remove = cleaned.get("add"), cleaned.get("remove")
        if add is not None and remove is not None:
            if not add and not remove:
                raise ValidationError(_("Name at least one segment."), "required")
            if set(add) & set(remove):
                raise ValidationError(_("A segment is both added and removed."), "invalid")
        return cleaned
