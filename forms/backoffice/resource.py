"""The list of forms, the page of one, and putting it before visitors."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.bulk_screens import deleting
from backoffice.charts import Chart, Series, draw
from backoffice.choosing import worded
from backoffice.columns import Column, number
from backoffice.items import Form as FormScreen
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, mine
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from forms.models import Form, Submission
from forms.services import changing, definition, people, publishing
from kernel import clock, moments
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from kernel.zone import workspace_zone

DAYS = 30


class FormForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a form is called, where it is found and when; what it asks is built on its canvas."""

    class Meta:
        model = Form
        fields = ("name", "alias", "language", "description", "opens_at", "closes_at")
        formfield_callback = worded
        help_texts = {
            "alias": _lazy("Small letters, digits and hyphens; empty: made from the name."),
            "language": _lazy("What its texts are written in; others may be added beside them."),
            "opens_at": _lazy("Empty: as soon as it is published."),
            "closes_at": _lazy("Empty: until it is unpublished."),
        }
        widgets = {"description": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alias"].required = False
        self.fields["language"].required = True

    def clean_alias(self) -> str:
        """Make one where none was written."""
        written: str = self.cleaned_data.get("alias") or ""
        return written or publishing.free_alias(self.cleaned_data.get("name", ""))


class Forms(Resource[Form]):
    """What visitors fill in."""

    key = kind = "forms"
    model = Form
    form = FormForm
    icon = "forms"
    label, plural = _lazy("Form"), _lazy("Forms")
    new_label = _lazy("New form")
    purpose = _lazy("A form asks visitors, on a page of its own or in your sites.")
    owner = "owner"
    subject = "form"
    search = ("name", "alias", "description")
    columns = (
        Column("state", _lazy("State"), lambda row: state_pill(row), width="mid"),
        Column("sent", _lazy("Answers"), lambda row: number(row.sent), end=True),
        Column("recent", _lazy("In 30 days"), lambda row: number(row.recent), end=True),
        Column("latest", _lazy("Latest"), lambda row: row.latest, width="slim"),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="slim"),
    )
    sorts = ("name", "created_at")
    default_sort = "-updated_at"
    filters = (
        ListFilter(
            "state",
            _lazy("State"),
            (("published", _lazy("published")), ("draft", _lazy("draft"))),
            lambda rows, value: rows.filter(shown__isnull=value == "draft"),
        ),
        mine(),
    )
    item_template = "forms/item.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Form]:
        """Read the version visitors get along."""
        return super().rows(user, verb).select_related("shown")

    def attach(self, rows: list[Form]) -> None:
        """Count what was sent, in one statement for the page."""
        since = clock.now() - timedelta(days=DAYS)
        found = {
            row["form_id"]: row
            for row in Submission.objects.filter(form__in=rows)
            .values("form_id")
            .annotate(sent=Count("pk"), latest=Max("sent_at"))
        }
        recent = dict(
            Submission.objects.filter(form__in=rows, sent_at__gte=since)
            .values_list("form_id")
            .annotate(Count("pk"))
        )
        for row in rows:
            told: Any = found.get(row.pk, {})
            row.sent, row.latest = told.get("sent", 0), told.get("latest")  # type: ignore[attr-defined]
            row.recent = recent.get(row.pk, 0)  # type: ignore[attr-defined]

    def save(self, form: Any, user: Any, now: datetime) -> Form:
        """Give a new form its beginning, in its own language."""
        publishing.check_window(form.instance.opens_at, form.instance.closes_at)
        if form.instance.pk is None:
            form.instance.content = publishing.beginning(form.instance.language)
            changing.note_uses(form.instance)
        return super().save(form, user, now)

    def state(self, row: Form) -> Any:
        """Tell whether visitors get it."""
        return state_pill(row)

    def facts(self, row: Form) -> str:
        """Say where it is found."""
        return f"{settings.SITE_URL}/f/{row.alias}"

    def details(self, row: Form) -> list[tuple[Any, Any]]:
        """Say what it is."""
        fields = [one for one in row.content["fields"] if one.get("name")]
        asked = ngettext("%(count)s question", "%(count)s questions", len(fields))
        return [
            (_("Address"), f"/f/{row.alias}"),
            (_("Asks"), asked % {"count": len(fields)}),
            (_("Language"), row.get_language_display()),
            (_("Open from"), moments.moment(row.opens_at) if row.opens_at else _("always")),
            (_("Open until"), moments.moment(row.closes_at) if row.closes_at else _("always")),
            (_("Version"), row.shown.number if row.shown else _("none yet")),
        ]

    def head(self, request: HttpRequest, row: Form) -> dict[str, Any]:
        """Say whether one may publish it."""
        may = self.rows(request.user, "publish").filter(pk=row.pk).exists()
        return {"may_publish": may, "address": f"{settings.SITE_URL}/f/{row.alias}"}

    def page(self, request: HttpRequest, row: Form) -> dict[str, Any]:
        """Count what was sent, and say what is still lacking."""
        rows = people.seen(request.user, row.pk)  # type: ignore[arg-type]
        sent = rows.count()
        return {
            "sent": sent,
            "chart": _chart(rows) if sent else None,
            "contacts": rows.filter(contact_id__isnull=False)
            .values("contact_id")
            .distinct()
            .count(),
            "unproven": rows.filter(proof="", contact_id__isnull=False).count(),
            "lacks": definition.lacking(row.content),
        }

    def told(self, row: Form) -> Mapping[str, Any]:
        """Compare what people edit."""
        names = ("name", "alias", "language", "description", "opens_at", "closes_at", "actions")
        return {name: getattr(row, name) for name in names}

    def delete(self, row: Form, now: datetime) -> None:
        """Delete it with what was sent."""
        self.hold(row.pk)
        Submission.objects.filter(form=row).delete()
        super().delete(row, now)


def state_pill(row: Form) -> Any:
    """Tell whether visitors get it, and as it is now."""
    if not row.is_published:
        return pill("draft", _("draft"))
    if not publishing.is_open(row, clock.now()):
        return pill("unpublished", _("closed"))
    return pill("published", _("published"))


def _chart(rows: QuerySet[Submission]) -> Chart | None:
    zone = workspace_zone()
    today = clock.now().astimezone(zone).date()
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    since = clock.now() - timedelta(days=DAYS + 1)
    counted = dict(
        rows.filter(sent_at__gte=since)
        .annotate(day=TruncDate("sent_at", tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("pk"))
        .order_by()
    )
    values = [counted.get(day, 0) for day in days]
    words = ngettext("%(count)s answer in 30 days", "%(count)s answers in 30 days", sum(values))
    names = [moments.day_of_year(day) for day in days]
    return draw(names, [Series(_("Answers"), values)], words % {"count": number(sum(values))})


class Publish(Screen):
    """Putting the draft before visitors, and taking it away."""

    verb = "publish"
    away = False

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, or say what is lacking."""
        row = self.item(pk, "publish", lock=True)
        back = HttpResponseRedirect(request.POST.get("next") or self.resource.url("item", pk))
        if not back.url.startswith("/forms/"):
            back = HttpResponseRedirect(self.resource.url("item", pk))
        verb = "unpublish" if self.away else "publish"
        try:
            if self.away:
                publishing.unpublish(row)
            else:
                publishing.publish(row, self.user, clock.now())
        except ConfigProblem as refused:
            toasts.tell(request, refused.problems[0]["message"])
            return back
        leave_trail(request, Deed("forms", verb, object=pk, name=row.name))
        told = _("“%(name)s” is closed") if self.away else _("“%(name)s” is published")
        toasts.tell(request, told % {"name": row.name})
        return back


class Duplicate(Screen):
    """Makes a draft like another form."""

    verb = "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy the draft and open the copy."""
        copy = changing.duplicate(self.item(pk), self.user)
        leave_trail(request, Deed("forms", "create", object=copy.pk, name=copy.name))
        toasts.tell(request, _("“%(name)s” is a draft of its own.") % {"name": copy.name})
        return HttpResponseRedirect(self.resource.url("item", copy.pk))


class New(FormScreen):
    """A new form is built at once."""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Go on to the builder once it is made."""
        answer = super().post(request, pk)
        made = pk is None and isinstance(answer, HttpResponseRedirect)
        if made and (number_ := answer["Location"].rpartition("/")[2]).isdigit():
            answer["Location"] = reverse("forms-design", args=[int(number_)])
        return answer


Forms.bulk = (deleting(Forms),)
urlpatterns = register(
    Forms,
    Place(_lazy("Forms"), "forms", "forms", 451, "forms", under="content"),
    order=451,
    form=New,
)
_given: dict[str, Any] = {"resource": Forms(), "kind": Forms.kind}
urlpatterns += [
    path("forms/<int:pk>/publish", Publish.as_view(**_given), name="forms-publish"),
    path("forms/<int:pk>/unpublish", Publish.as_view(away=True, **_given), name="forms-unpublish"),
    path("forms/<int:pk>/duplicate", Duplicate.as_view(**_given), name="forms-duplicate"),
]
