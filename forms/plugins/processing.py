"""What is done with personal data by forms."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forms.models import Form
from kernel.processing import Processing, declare


def _data() -> Sequence[str]:
    return [
        _("what people typed and chose, the page they did so on, and when"),
        _("their network address, as far as the workspace keeps such addresses"),
        _("what they agreed to, with the words they read"),
    ]


declare(
    Processing(
        key="forms.submissions",
        label=gettext_lazy("Forms"),
        purpose=gettext_lazy("Take in what people send us"),
        whose=gettext_lazy("whoever fills in a form"),
        basis=gettext_lazy("consent, or what was asked for"),
        data=_data,
        covers=("forms.submissions",),
        kept=("forms.submissions",),
        happens=lambda: Form.objects.exists(),
    )
)
