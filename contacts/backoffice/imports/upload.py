"""The first step: a file comes in, and is kept as a draft."""

from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from backoffice import toasts
from contacts.backoffice.imports.resource import OBJECTS
from contacts.backoffice.imports.steps import Step, messages
from contacts.services.imports import drafts, mended, start
from contacts.services.imports.objects import CONTACT, KINDS, Kind, of
from kernel import clock
from kernel.registry import ConfigProblem

# What surrounds the file in the body.
_AROUND = 64 * 1024


@method_decorator(csrf_exempt, name="dispatch")
class Upload(Step):
    """Takes a file; one that is too large is refused before it is read.

    Therefore the token of the page is checked here, after the length: to read it is to read all.
    """

    verb = "create"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file."""
        return self._show([], 200, drafts=drafts.drafts_of(self.user.pk).order_by("-updated_at"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look at the length, then at the file."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_LARGEST + _AROUND:
            message = _("The file is larger than %(size)s MB.")
            return self._show([message % {"size": settings.IMPORT_LARGEST // 1024**2}], 422)
        return self._take(request)

    @method_decorator(csrf_protect)
    def _take(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            return self._show([_("Choose a file first.")], 422)
        upload = start.Upload(PurePath(str(file.name)).name, file.chunks())
        kind = KINDS[self._object()]
        try:
            with transaction.atomic():
                row = drafts.draft(upload, {"object": kind.key}, self.starter(kind), clock.now())
                if first := mended.origin(row, self.resource.rows(self.user)):
                    mended.take_over(row, first, self.starter(of(first)), clock.now())
        except ConfigProblem as problem:
            return self._show(messages(problem.problems), 422)
        following = self.resource.url("columns-step", row.pk)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": following})
        return HttpResponseRedirect(following)

    def _object(self) -> str:
        """Return what the rows are; where one may make only one of them, that."""
        sent = self.request.POST.get("object") or self.request.GET.get("object", "")
        offered = [kind.key for kind in self._offered()]
        return sent if sent in offered else offered[0]

    def _offered(self) -> list[Kind]:
        """Return what this user may bring in."""
        found = [
            kind
            for kind in KINDS.values()
            if any(self.user.reach(kind.rights, verb) for verb in ("create", "edit"))
        ]
        return found or [KINDS[CONTACT]]

    def _show(self, problems: list[str], status: int, **more: object) -> HttpResponse:
        part = self.request.headers.get("HX-Target") == "upload"
        template = "imports/upload.html" if part else "imports/new.html"
        context = self.context(
            problems=problems,
            megabytes=settings.IMPORT_LARGEST // 1024**2,
            objects=[(kind.key, OBJECTS[kind.key]) for kind in self._offered()],
            object=self._object(),
            **more,
        )
        return render(self.request, template, context, status=status)


class Forget(Step):
    """Gives a draft up."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it with its file."""
        with transaction.atomic():
            row = self.draft(pk, lock=True)
            drafts.forget(row)
        toasts.tell(request, _("The draft of “%(name)s” is deleted") % {"name": row.name})
        return HttpResponseRedirect(self.resource.url())
