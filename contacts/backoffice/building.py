"""The builder of filters on the list of contacts: how many it means, and what it may become."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from api.paging import estimate
from backoffice import toasts
from backoffice.bulk import in_words
from backoffice.queries import ListQuery
from backoffice.screens import Screen
from contacts.backoffice.searching import written
from contacts.services.searches import Search
from kernel import documents, filters
from kernel.filters import FilterProblem
from kernel.filters.questions import too_slow, within_time
from kernel.permissions import Reach

# What a new segment takes from its address.
LONGEST = 6_000


class Counted(Screen):
    """How many contacts the list would show, with the filter in the builder and all else."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer the number, the filter in words, or what is wrong with it."""
        text = request.POST.get("filter", "")
        try:
            sentence = self._checked(text) if text else ""
            query = ListQuery.read(self.resource, request.POST, self.user)
            with within_time(too_slow):
                count = estimate(query.narrow(self.resource, self.resource.rows(self.user)))
        except FilterProblem as problem:
            return JsonResponse({"errors": problem.problems}, status=400)
        words = ngettext("Show %(count)s contact", "Show %(count)s contacts", count)
        shown = words % {"count": in_words(count)}
        return JsonResponse({"count": count, "shown": shown, "sentence": sentence})

    def _checked(self, text: str) -> str:
        """Say a filter in words."""
        try:
            tree = documents.loads(text)
        except ValueError:
            message = _("The filter cannot be read.")
            wrong = {"field": "filter", "code": "invalid", "message": message}
            raise FilterProblem([wrong]) from None
        filters.check(tree, user=self.user)
        if len(text) > LONGEST:
            message = _("This filter is too long for a list: save it as a segment.")
            raise FilterProblem([{"field": "filter", "code": "too_long", "message": message}])
        return filters.sentence(tree)


class AsSegment(Screen):
    """Makes a new segment of what the list is searched for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to its form, with the filter in it; say so where it is more than a filter."""
        query = ListQuery.read(self.resource, request.GET, self.user)
        tree = Search(query.text, query.filters).as_filter()
        if tree is not None and not query.widened:
            return HttpResponseRedirect(
                f"{reverse('segments-new')}?{urlencode({'filter': written(tree)})}"
            )
        if query.filters or query.text:
            why = _(
                "Words, numbers of contacts and closed channels belong to the list alone: a segment"
                " is made of filters. Take them away first."
            )
        else:
            why = _("Add a condition first: a segment is made of filters.")
        toasts.tell(request, why)
        return HttpResponseRedirect(f"{self.resource.url()}?{query.search()}".rstrip("?"))


def may_make(user: Any) -> bool:
    """Say whether a user may make segments."""
    return user.reach("segments", "create") is not Reach.NONE
