"""A part of an image, or a smaller one, as another image."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.screens import Screen, leave_trail
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from media.models import LONGEST_NAME, Image
from media.services import cutting, files
from media.services.reading import Occupied


class CropForm(forms.Form):
    """The shape, the point that stays in the middle, and how wide."""

    def __init__(self, image: Image, sent: Any = None) -> None:
        super().__init__(sent, initial={"x": 50, "y": 50, "name": image.name, "shape": ""})
        self.fields["shape"] = forms.ChoiceField(
            label=_("Shape"),
            choices=[(shape, shape or _("as it is")) for shape in cutting.SHAPES],
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["width"] = forms.IntegerField(
            label=_("Width in pixels"),
            min_value=1,
            max_value=image.width,
            required=False,
            help_text=_("Empty: as wide as it is. Nothing is made larger."),
        )
        for key, label in (("x", _("From the left, in %")), ("y", _("From the top, in %"))):
            self.fields[key] = forms.IntegerField(label=label, min_value=0, max_value=100)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)


class Crop(Screen):
    """Asks what of it is to be seen, and makes that."""

    verb = "create"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it with the choices."""
        image = self._image(pk)
        return self._show(image, CropForm(image), 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the other one; this one stays as it is."""
        image = self._image(pk)
        form = CropForm(image, request.POST)
        if not form.is_valid():
            return self._show(image, form, 422)
        wanted = {key: value for key, value in form.cleaned_data.items() if value is not None}
        try:
            prepared = cutting.prepared(image, wanted)
            with transaction.atomic():
                made = cutting.cut(image, prepared, wanted, self.user, clock.now())
                after = self.resource.told(made)
                deed = Deed("media", "create", object=made.pk, name=made.name, after=after)
                leave_trail(request, deed)
        except ConfigProblem as problem:
            form.add_error(None, str(problem.problems[0]["message"]))
            return self._show(image, form, 422)
        except Occupied as occupied:
            form.add_error(None, str(occupied))
            answer = self._show(image, form, 503)
            answer.headers["Retry-After"] = str(occupied.wait)
            return answer
        toasts.tell(request, self.resource.news(made, made=True))
        return HttpResponseRedirect(self.resource.url("item", made.pk))

    def _image(self, pk: int) -> Image:
        image: Image = self.item(pk)
        return image

    def _show(self, image: Image, form: CropForm, status: int) -> HttpResponse:
        shown = image.file("mail")
        context = self.context(
            row=image,
            form=form,
            title=image.name,
            source=files.path(shown.name),
            file=shown,
            back=self.resource.url("item", image.pk),
        )
        return render(self.request, "media/crop.html", context, status=status)
