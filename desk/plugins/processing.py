"""What is done with personal data in notes and tasks."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.models import Note, Task
from kernel.processing import Processing, declare

declare(
    Processing(
        key="desk.notes",
        label=gettext_lazy("Notes and tasks"),
        purpose=gettext_lazy("Let colleagues know what was talked about and what is to be done"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=lambda: [_("what colleagues wrote, with author and time")],
        covers=("desk",),
        happens=lambda: Note.objects.exists() or Task.objects.exists(),
    )
)
