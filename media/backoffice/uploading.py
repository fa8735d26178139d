"""Images come in by a form: one without a script, several by REST where scripts run."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from backoffice import toasts
from backoffice.screens import Screen, leave_trail
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from media.models import Image
from media.services import library, showing
from media.services.reading import Occupied
from media.services.words import words
from media.services.writing import Made

# What surrounds the file in the body.
_AROUND = 64 * 1024
ACCEPTED = "image/jpeg,image/png,image/gif,image/webp,.jpg,.jpeg,.png,.gif,.webp"


def around() -> dict[str, Any]:
    """Return what templates with a place for files need."""
    return {
        "accept": ACCEPTED,
        "megabytes": settings.IMAGE_LARGEST // 1024**2,
        "media_words": words(),
    }


@method_decorator(csrf_exempt, name="dispatch")
class Taking(Screen):
    """A screen that takes a file; one that is too large is refused before it is read.

    Therefore the token of the page is checked here, after the length: to read it is to read all.
    """

    def post(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """Look at the length, then at the file."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMAGE_LARGEST + _AROUND:
            message = _("The image is larger than %(size)s MB.")
            return self.refused([message % {"size": settings.IMAGE_LARGEST // 1024**2}], **place)
        return self._read(request, **place)

    @method_decorator(csrf_protect)
    def _read(self, request: HttpRequest, **place: Any) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            return self.refused([_("Choose a file first.")], **place)
        try:
            self.before(**place)
            # Seconds of work: before the transaction, and before any row is locked.
            made = library.prepared(library.whole(file.chunks()))
            with transaction.atomic():
                return self.taken(str(file.name), made, **place)
        except Occupied as occupied:
            answer = self.refused([str(occupied)], **place, status=503)
            answer.headers["Retry-After"] = str(occupied.wait)
            return answer
        except ConfigProblem as problem:
            return self.refused([str(each["message"]) for each in problem.problems], **place)

    def before(self, **place: Any) -> None:
        """See that there is a place for it, before any work is done."""

    def taken(self, name: str, made: list[Made], **place: Any) -> HttpResponse:
        """Do what is to be done with a file."""
        raise NotImplementedError

    def refused(self, problems: list[str], **place: Any) -> HttpResponse:
        """Say why it was not taken."""
        raise NotImplementedError


class Upload(Taking):
    """New images."""

    verb = "create"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for files."""
        return self.refused([], status=200)

    def taken(self, name: str, made: list[Made], **place: Any) -> HttpResponse:
        """Keep it under the name of its file."""
        told = {"name": library.named_by(name)}
        image = library.add(made, told, self.user, clock.now())
        after = self.resource.told(image)
        deed = Deed("media", "create", object=image.pk, name=image.name, after=after)
        leave_trail(self.request, deed)
        toasts.tell(self.request, self.resource.news(image, made=True))
        return HttpResponseRedirect(self.resource.url("item", image.pk))

    def refused(self, problems: list[str], **place: Any) -> HttpResponse:
        """Show the page again."""
        context = self.context(title=self.resource.new_label, problems=problems, **around())
        status = int(place.get("status", 422))
        return render(self.request, "media/new.html", context, status=status)


class Replace(Taking):
    """Another picture in the place of one."""

    verb = "edit"

    def before(self, **place: Any) -> None:
        """Look whether it is this user's to change."""
        self.item(place["pk"], "edit")

    def taken(self, name: str, made: list[Made], **place: Any) -> HttpResponse:
        """Put it there; what shows the former one goes on doing so."""
        image: Image = self.item(place["pk"], "edit", lock=True)
        before = self.resource.told(image)
        library.replace(image, made, clock.now())
        deed = Deed(
            kind="media",
            verb="replace",
            object=image.pk,
            name=image.name,
            before=before,
            after=self.resource.told(image),
        )
        leave_trail(self.request, deed)
        toasts.tell(self.request, _("“%(name)s” replaced") % {"name": image.name})
        return HttpResponseRedirect(self.resource.url("item", image.pk))

    def refused(self, problems: list[str], **place: Any) -> HttpResponse:
        """Say so on its page."""
        image = self.item(place["pk"], "edit")
        toasts.tell(self.request, " ".join(problems))
        return HttpResponseRedirect(self.resource.url("item", image.pk))


class Renew(Screen):
    """What shows the former picture shows the one of today."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change what this user may change, and count the others."""
        image: Image = self.item(pk)
        done, left, more = showing.renew(
            image, self.user, clock.now(), lambda deed: leave_trail(request, deed)
        )
        words = ngettext(
            "%(count)d email shows the new picture",
            "%(count)d emails show the new picture",
            done,
        ) % {"count": done}
        if left:
            kept = ngettext(
                "%(count)d left as it is, not yours to change or to be mended first",
                "%(count)d left as they are, not yours to change or to be mended first",
                left,
            )
            words += " · " + kept % {"count": left}
        if more:
            words += " · " + ngettext(
                "%(count)d more to go, press again", "%(count)d more to go, press again", more
            ) % {"count": more}
        toasts.tell(request, words)
        return HttpResponseRedirect(self.resource.url("item", pk))
