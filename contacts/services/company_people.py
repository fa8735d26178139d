"""Who belongs to companies: beside the primary one of a contact there may be others."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from contacts.models import CompanyPerson, Contact
from contacts.services.companies import hold
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel.locks import lock_contacts

# Two looks at two indexes: one condition over both would look at everybody.
BELONGING = """
SELECT id FROM contact WHERE company_id = %s
UNION ALL SELECT contact_id FROM company_person WHERE company_id = %s"""
JOIN = """
INSERT INTO company_person (contact_id, company_id, role, since)
SELECT one, %s, '', %s FROM unnest(%s::bigint[]) one ORDER BY one
ON CONFLICT DO NOTHING RETURNING contact_id"""
KEEP = """
INSERT INTO company_person (contact_id, company_id, role, since)
SELECT id, company_id, '', %s FROM contact WHERE id = ANY(%s::bigint[]) ORDER BY id
ON CONFLICT DO NOTHING"""
ONE = Terms(match="id", mode="update")


class Gone(Exception):  # noqa: N818 - an answer
    """The contact or the company is not there (any more)."""


def people_of(company: int, rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Keep those of these contacts who belong to a company, whether it is the primary or not."""
    return rows.filter(pk__in=RawSQL(BELONGING, [company, company]))  # noqa: S611 - ours


def has_further(company: int) -> bool:
    """Say whether anybody belongs to a company that is not their primary one."""
    linked = CompanyPerson.objects.filter(company_id=company)
    return linked.exclude(contact__company_id=company).exists()


def with_roles(company: int, rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Tell of each contact what it is in the company (`role`)."""
    link = CompanyPerson.objects.filter(company_id=company, contact_id=OuterRef("pk"))
    return rows.annotate(role=link.values("role")[:1])


@transaction.atomic
def link(
    company: int, contact: int, now: datetime, *, role: str | None = None, primary: bool = False
) -> None:
    """Let a contact belong to a company; `role` is left as it is where it is None.

    What was the primary company before stays a further one. A contact without any company has
    this one as its primary.
    """
    if hold([company]) != {company} or lock_contacts([contact]) != [contact]:
        raise Gone
    row = Contact.objects.only("company_id").get(pk=contact)
    known, _new = CompanyPerson.objects.get_or_create(
        contact_id=contact, company_id=company, defaults={"since": now}
    )
    if role is not None and known.role != role:
        CompanyPerson.objects.filter(pk=known.pk).update(role=role)
    if row.company_id != company and (primary or row.company_id is None):
        if row.company_id is not None:
            before = {"since": now}
            CompanyPerson.objects.get_or_create(
                contact_id=contact, company_id=row.company_id, defaults=before
            )
        _make_primary([contact], company, now, ONE)


@transaction.atomic
def link_many(
    company: int, contacts: Sequence[int], terms: Terms, now: datetime, *, primary: bool
) -> set[int]:
    """Let contacts belong to a company, as `link` does; return for whom that is new.

    Raises `Gone` where the company is not there (any more).
    """
    if hold([company]) != {company}:
        raise Gone
    held = lock_contacts(contacts)
    before = dict(Contact.objects.filter(pk__in=held).values_list("pk", "company_id"))
    others = [one for one in held if before[one] != company]
    moving = [one for one in others if primary or before[one] is None]
    kept = [one for one in moving if before[one] is not None]
    with connection.cursor() as cursor:
        cursor.execute(JOIN, [company, now, others])
        joined = {row[0] for row in cursor.fetchall()}
        # What was the primary company stays a further one.
        cursor.execute(KEEP, [now, kept])
    _make_primary(moving, company, now, terms)
    return joined | set(moving)


@transaction.atomic
def unlink(company: int, contact: int, now: datetime) -> bool:
    """Let a contact no longer belong to a company; say whether it did.

    Of one without its primary company, that of its others is the primary one that it has longest.
    """
    if lock_contacts([contact]) != [contact]:
        return False
    rows = CompanyPerson.objects.filter(contact_id=contact)
    gone, _kinds = rows.filter(company_id=company).delete()
    if Contact.objects.filter(pk=contact, company_id=company).exists():
        others = rows.order_by("since", "company_id").values_list("company_id", flat=True)
        _make_primary([contact], others.first(), now, ONE)
        return True
    return gone > 0


def _make_primary(
    contacts: Sequence[int], company: int | None, now: datetime, terms: Terms
) -> None:
    """Write it as any value is written, so that everybody who follows contacts is told."""
    if not contacts:
        return
    name = None
    if company is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM company WHERE id = %s", [company])
            (name,) = cursor.fetchone()
    write([{"id": contact, "company": name} for contact in contacts], now, terms)
