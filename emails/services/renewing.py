"""Emails show another picture where an image of the library was replaced."""

from collections.abc import Mapping
from datetime import datetime

from channels.services import publishers
from emails.models import Email
from emails.services import editing
from emails.services.channel import EMAILS
from kernel import usage
from kernel.permissions import Actor, narrow
from kernel.trail import Deed
from media.services.showing import names_in

BODY = ("mjml", "html")


def outdated(image: int) -> list[usage.Use]:
    """Return the emails that show a former file of an image."""
    former = Email.objects.filter(image_files__image=image, image_files__current=False)
    rows = former.order_by("pk").values_list("pk", "name").distinct()
    return [usage.Use("email", number, name) for number, name in rows]


def renew(number: int, instead: Mapping[str, str], user: Actor, now: datetime) -> Deed | None:
    """Put other files in the place of some; None: not this user's to change, or nothing to."""
    user.hold_rights()
    reached = narrow(Email.objects.filter(pk=number), user, "emails", "edit")
    email = reached.select_for_update(of=("self",), no_key=True).first()
    if email is None or not publishers.may_change(EMAILS, email, user):
        return None
    before = {field: getattr(email, field) for field in BODY}
    after = dict(before)
    for field in BODY:
        for name in names_in(before[field]) & instead.keys():
            after[field] = after[field].replace(name, instead[name])
    changed = {field: text for field, text in after.items() if text != before[field]}
    if not changed:
        return None
    editing.change(email, changed, now)
    return Deed("emails", "change", object=number, name=email.name, before=before, after=after)
