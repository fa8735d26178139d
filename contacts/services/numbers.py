"""Mobile numbers as SQL: in their international form, and who may be written to on them.

The numbers of people are kept as they wrote them. Whoever sends asks `dial` for each; `dialled`
says nearly the same in SQL, for counting people.
"""

import re
from typing import Any

import phonenumbers

from contacts.services.suppression import peppers
from contacts.values.phones import international
from contacts.words import STRENGTH
from kernel import preferences
from kernel.withholding import RESTRICTED

# Without what is dialled afterwards.
_DIGITS = "contact_digits(regexp_replace(c.mobile, '(;|,|#|x|ext|poste).*$', '', 'i'))"
# E.164 allows fifteen digits; nobody is reached by fewer than six.
FORM = r"^\+[1-9][0-9]{5,14}$"

CONSENT = "k.purpose = 'sms_marketing' AND k.topic_id = 0"
HELD = f"c.withheld = {RESTRICTED}"
REQUIRED = "(SELECT p.value = 'true' FROM preference p WHERE p.key = 'sms.require_consent')"
UNWILLING = f"""
      WHEN k.state = 'refused' THEN 'no_consent'
      WHEN k.state = 'pending' THEN 'unconfirmed'
      WHEN k.state IS NULL AND {REQUIRED} THEN 'no_consent'"""
CLOSED = """
    (SELECT n.reason FROM do_not_contact n
     WHERE n.contact_id = c.id AND n.channel = 'sms'{but}
     ORDER BY array_position(%(strength)s::varchar[], n.reason) LIMIT 1)"""
BY_NUMBER = """EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'sms' AND x.kind = 'address' AND x.value = {number}{but})"""
LISTED = f"""{BY_NUMBER}
  OR EXISTS (
    SELECT 1 FROM unnest(%(peppers)s::bytea[]) AS p(pepper)
    JOIN suppression x ON x.channel = 'sms' AND x.kind = 'hash'
     AND x.value = encode(sha256(p.pepper || convert_to({{number}}, 'UTF8')), 'hex'){{but}})"""  # noqa: S608 - a constant


def dial(mobile: str | None, region: str) -> str | None:
    """Return a number as it is dialled from abroad, `+33612345678`; None where none can be told.

    `region` is the country of a number without one (the setting `contacts.phone_region`).
    """
    found = international(mobile, region) if mobile else ""
    if not re.fullmatch(FORM, found):
        return None
    told = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(found))
    return found if told == phonenumbers.ValidationResult.IS_POSSIBLE else None


def dialled() -> str:
    """Return SQL over `c`: the mobile number as `dial` tells it, in all usual spellings.

    NULL where there is none, or none that can be told without its country.
    """
    region = preferences.get("contacts.phone_region")
    code = phonenumbers.country_code_for_region(region) if region else 0
    abroad = f"""WHEN ltrim(c.mobile) LIKE '+%%' THEN {_DIGITS}
      WHEN {_DIGITS} LIKE '00%%' THEN substr({_DIGITS}, 3)"""
    found, here = "d", ""
    if code:
        trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
        trunk = trunk if trunk.isdigit() else ""
        whole = _national(region)
        here = f"""WHEN {_DIGITS} ~ E'^{code}{whole}$' AND {_DIGITS} !~ E'^{whole}$'
           THEN {_DIGITS} ELSE '{code}' || regexp_replace({_DIGITS}, '^{trunk}', '')"""
        found = f"regexp_replace(d, E'^{code}{trunk}(?={whole}$)', '{code}')" if trunk else "d"
    form = FORM.replace("\\", "\\\\")
    return f"""(SELECT n FROM (SELECT '+' || {found} n FROM (
      SELECT CASE WHEN c.mobile IS NULL THEN NULL {abroad} {here} END d) one) two
      WHERE n ~ E'{form}')"""  # noqa: S608 - digits and expressions of a library


def _national(region: str) -> str:
    """Return what whole numbers of a country look like without it, for E'…' of the database."""
    told: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return f"(?:{told.general_desc.national_number_pattern})".replace("\\", "\\\\").replace(
        "%", "%%"
    )


def values() -> dict[str, Any]:
    """Return the parameters of `LISTED` and `CLOSED`."""
    return {"peppers": peppers(), "strength": list(STRENGTH)}
