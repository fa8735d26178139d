"""Settings of what stages offer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.settings_forms import picking
from stages.models import Stage


class MoveForm(forms.Form):
    """Which stage, and whether people may fall back to it."""

    stage = picking(
        "stage",
        forms.ModelChoiceField(
            Stage.objects.order_by("weight", "name"), label=_("Stage"), empty_label=_("Choose…")
        ),
    )

    backwards = forms.BooleanField(
        label=_("Move people back, too"),
        required=False,
        help_text=_("Otherwise who is in a later stage already stays there."),
    )

    def clean_stage(self) -> int:
        """Keep the number: settings are JSON."""
        stage: Stage = self.cleaned_data["stage"]
        return stage.pk
