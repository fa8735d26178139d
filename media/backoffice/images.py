"""Images as a resource: the library, a page for each, its form."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import deeds
from backoffice.bulk_screens import deleting
from backoffice.columns import NOTHING, Column, number
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by, mine
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from kernel.permissions import Reach
from media.backoffice.cropping import Crop
from media.backoffice.uploading import Renew, Replace, Upload, around
from media.models import Image, ImageFile
from media.services import files, library, showing


class ImageForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and description."""

    class Meta:
        model = Image
        fields = ("name", "alt")
        widgets = {"alt": forms.Textarea({"rows": 3})}


def weight(size: int) -> str:
    """Write a number of bytes for people."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": number(max(1, round(size / 1000)))}
    return _("%(size)s MB") % {"size": number(round(size / 1_000_000, 1))}


def _pixels(row: Any) -> str:
    return f"{number(row.width)} \N{MULTIPLICATION SIGN} {number(row.height)}"


class Images(Resource[Image]):
    """What mails show."""

    key = kind = "media"
    model = Image
    form = ImageForm
    icon = "photo"
    label, plural, new_label = _lazy("Image"), _lazy("Images"), _lazy("Upload images")
    purpose = _lazy(
        "Images for your emails: kept once, made small for mails, with the description that is"
        " shown while images are off. JPEG, PNG, GIF or WebP."
    )
    owner = "owner"
    subject = "image"
    search = ("name", "alt")
    columns = (
        Column("pixels", _lazy("Pixels"), _pixels, narrow=True, width="mid"),
        Column("size", _lazy("Weight"), lambda row: weight(row.size), sort="size", width="slim"),
        Column("created_at", _lazy("Added"), sort="created_at", width="when"),
        Column("alt", _lazy("Description"), width="wide", shown=False),
        Column("format", _lazy("Format"), lambda row: row.get_format_display(), shown=False),
    )
    sorts = ("name", "created_at")
    default_sort = "-created_at"
    filters = (ListFilter("format", _lazy("Format"), Image.Format.choices, by("format")), mine())
    list_template = "media/list.html"
    item_template = "media/item.html"

    def listed(self, rows: QuerySet[Image]) -> QuerySet[Image]:
        """Fetch the files of a page at once."""
        return rows.prefetch_related(Prefetch("files", ImageFile.objects.filter(current=True)))

    def picture(self, row: Image) -> Any:
        """Show it."""
        thumb = row.file("thumb")
        return format_html(
            '<a class="thumb" href="{}" tabindex="-1" aria-hidden="true"><img src="{}" alt=""'
            ' width="{}" height="{}" loading="lazy"></a>',
            self.url("item", row.pk),
            files.path(thumb.name),
            thumb.width,
            thumb.height,
        )

    def around(self, request: HttpRequest, query: Any) -> dict[str, Any]:
        """Take files that are dropped on the library."""
        return around()

    def facts(self, row: Image) -> str:
        """Say what it is in one line."""
        return " · ".join([str(row.get_format_display()), _pixels(row), weight(row.size)])

    def details(self, row: Image) -> list[tuple[Any, Any]]:
        """Tell what is known about it, and of each of its files how large it is."""
        told: list[tuple[Any, Any]] = [
            (_("Description"), row.alt or _("none yet")),
            (_("Whose"), row.owner or NOTHING),
        ]
        return told + [
            (label, f"{_pixels(file)} · {weight(file.size)}")
            for use, label in (("full", _("Whole")), ("mail", _("In mails")), ("small", _("Small")))
            if (file := row.shown.get(use))
        ]

    def head(self, request: HttpRequest, row: Image) -> dict[str, Any]:
        """Offer what may be done with it."""
        may = self.rows(request.user, "edit").filter(pk=row.pk).exists()
        makes = request.user.reach("media", "create") is not Reach.NONE  # type: ignore[union-attr]
        crops = makes and row.format != Image.Format.GIF
        return {"may_replace": may, "may_crop": crops, **around()}

    def page(self, request: HttpRequest, row: Image) -> dict[str, Any]:
        """Show it as mails do, with its addresses."""
        shown = row.file("mail")
        uses = (("mail", _("For mails")), ("small", _("Small")), ("full", _("Whole")))
        addresses = [
            (label, files.address(row.file(use).name), f"address-{use}")
            for use, label in uses
            if use == "mail" or row.shown.get(use, shown) != shown
        ]
        former = len(showing.outdated(row))
        source = files.path(shown.name)
        return {"file": shown, "source": source, "addresses": addresses, "former": former}

    def save(self, form: Any, user: Any, now: datetime) -> Image:
        """Change it by the service."""
        return library.change(form.instance, form.cleaned_data, now)

    def told(self, row: Image) -> dict[str, Any]:
        """Tell what people chose, and which picture it is."""
        return {key: getattr(row, key) for key in ("name", "alt", "format", "width", "height")}

    def delete(self, row: Image, now: datetime) -> None:
        """Delete it; sent mails go on showing it."""
        library.delete(row, now)


WORDS = {
    "file": _lazy("File"),
    "url": _lazy("Address for mails"),
    "small_url": _lazy("Address of the small one"),
    "full_url": _lazy("Address of the whole"),
    "thumbnail_url": _lazy("Address of the thumbnail"),
}
deeds.names("media", WORDS)
Images.bulk = (deleting(Images),)
here = Place(_lazy("Images"), "media", "photo", 430, "media", under="channels")
_urls = register(Images, here, order=430)
given: dict[str, Any] = {"resource": resource_of("media"), "kind": "media"}
urlpatterns = [
    path("media/new", Upload.as_view(**given), name="media-new"),
    path("media/<int:pk>/replace", Replace.as_view(**given), name="media-replace"),
    path("media/<int:pk>/renew", Renew.as_view(**given), name="media-renew"),
    path("media/<int:pk>/crop", Crop.as_view(**given), name="media-crop"),
    *(each for each in _urls if each.name != "media-new"),
]
