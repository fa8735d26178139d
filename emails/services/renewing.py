"""Emails show another picture where an image of the library was replaced."""

from collections.abc import Collection, Mapping
from datetime import datetime

from emails.models import Email
from emails.services import editing, publishers
from kernel import usage
from kernel.permissions import Actor, narrow
from kernel.trail import Deed
from media.services.showing import names_in

BODY = ("mjml", "html")


def outdated(image: int, former: Collection[str]) -> list[usage.Use]:
    """Return the emails that show one of these files of an image."""
    gone = set(former)
    rows = Email.objects.filter(images=image).order_by("pk").values_list("pk", "name", *BODY)
    return [
        usage.Use("email", number, name)
        for number, name, *body in rows
        if gone & names_in("".join(body))
    ]


def renew(number: int, instead: Mapping[str, str], user: Actor, now: datetime) -> Deed | None:
    """Put other files in the place of some; None: the user may not change this email."""
    user.hold_rights()
    reached = narrow(Email.objects.filter(pk=number), user, "emails", "edit")
    email = reached.select_for_update(of=("self",), no_key=True).first()
    if email is None or not publishers.may_change(email, user):
        return None
    before = {field: getattr(email, field) for field in BODY}
    after = dict(before)
    for field in BODY:
        for name in names_in(before[field]) & instead.keys():
            after[field] = after[field].replace(name, instead[name])
    changed = {field: text for field, text in after.items() if text != before[field]}
    if changed:
        editing.change(email, changed, now)
    return Deed("emails", "change", object=number, name=email.name, before=before, after=after)
