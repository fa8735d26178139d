"""Campaigns as files on screen: downloaded, and read into a new draft."""

from typing import Any
from urllib.parse import quote

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException

from api.fields import DocumentField
from api.parsers import loads
from api.renderers import dumps
from backoffice import toasts
from backoffice.screens import Screen, leave_trail
from campaigns.models import Campaign
from campaigns.services import files
from kernel.registry import ConfigProblem
from kernel.trail import Deed

MOST_BYTES = 2_000_000
SHOWN = 5


class FileForm(forms.Form):
    """The file of a campaign."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A file that “Export as a file” made, in this workspace or another one."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> Any:
        """Read the document."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is too large for a campaign."))
        try:
            return DocumentField().run_validation(loads(file.read()))
        except APIException as problem:
            raise ValidationError(_("This is no file of a campaign.")) from problem


class Download(Screen):
    """The draft as a file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the document."""
        row = self.item(pk)
        try:
            document = files.written(row, user=self.user)
        except ConfigProblem as refused:
            toasts.tell(request, refused.problems[0]["message"])
            return HttpResponseRedirect(self.resource.url("item", row.pk))
        told = dumps(document, options=orjson.OPT_INDENT_2)
        name = quote(f"{row.name}.campaign.json", safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return HttpResponse(told, "application/json", headers=headers)


class Upload(Screen):
    """A campaign from a file."""

    verb = "create"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file."""
        return self._show(FileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the draft and open it, or say what is wrong with the file."""
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            with transaction.atomic():
                campaign, missing = files.taken(form.cleaned_data["file"], user=self.user)
                deed = Deed("campaigns", "create", object=campaign.pk, name=campaign.name)
                leave_trail(request, deed)
        except ConfigProblem as refused:
            for problem in refused.problems[:SHOWN]:
                form.add_error("file", f"{problem['field']}: {problem['message']}")
            return self._show(form, status=422)
        except ValidationError as refused:
            form.add_error(
                "file", [f"{name}: {words[0]}" for name, words in refused.message_dict.items()]
            )
            return self._show(form, status=422)
        toasts.tell(request, _told(campaign, missing))
        return HttpResponseRedirect(self.resource.url("item", campaign.pk))

    def _show(self, form: FileForm, status: int = 200) -> HttpResponse:
        context = self.context(form=form, back=self.resource.url())
        return render(self.request, "campaigns/upload.html", context, status=status)


def _told(campaign: Campaign, missing: list[files.Missing]) -> str:
    if not missing:
        return _("“%(name)s” is a draft of its own.") % {"name": campaign.name}
    some = ", ".join(map(str, missing[:SHOWN])) + ("…" if len(missing) > SHOWN else "")
    return _("Not found here, to be chosen on the canvas: %(names)s") % {"names": some}
