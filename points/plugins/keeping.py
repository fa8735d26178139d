"""How long the journal of points is kept row by row."""

from django.utils.translation import gettext_lazy as _

from kernel.retention import Keeping, declare
from points.services import growing_old

declare(
    Keeping(
        key=growing_old.KEY,
        label=_("What each event gave in points"),
        what=_("added up by rule and person; scores and limits stay as they are"),
        default=400,
        count=growing_old.count,
        forget=growing_old.forget,
        least=90,
    )
)
