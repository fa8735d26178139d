"""What values of conditions on emails are chosen from: the links of an email."""

from emails.models import Email
from kernel.filters.choices import Choice, Question, offers
from kernel.subjects import beyond


@offers("email_link")
def _links(question: Question) -> list[Choice]:
    written = question.about.get("email", "")
    if not written.isdigit() or len(written) > 18 or beyond("email", [int(written)], question.user):
        return []
    email = Email.objects.select_related("current").filter(pk=written).first()
    links = email.current.prepared["links"] if email and email.current else []
    found = [
        Choice(str(link["position"]), link["label"] or link["destination"], link["destination"])
        for link in links
    ]
    if question.values is not None:
        return [choice for choice in found if choice.value in question.values]
    text = question.text.casefold()
    return [c for c in found if text in c.label.casefold() or text in c.beside.casefold()]
