"""What the toolkit of screens keeps of people's words: saved searches of lists."""

from backoffice.models import SavedView
from kernel import mentions, subjects


def _views(ids: list[int]) -> dict[int, str]:
    return dict(SavedView.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("saved_view", _views)
# As addresses write it.
mentions.declare(
    "saved_view", "saved_view", "name", "replace(replace(query, '%%40', '@'), '%%2B', '+')"
)
