"""Mobile numbers as SQL: in their international form, and who may be written to on them.

The numbers of people are kept as they wrote them; `contacts.values.phones.international` is the
same for one number in Python.
"""

from typing import Any

import phonenumbers

from contacts.services.suppression import peppers
from contacts.words import STRENGTH
from kernel import preferences
from kernel.withholding import RESTRICTED

_DIGITS = "contact_digits(c.mobile)"
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
LISTED = """EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'sms' AND x.kind = 'address' AND x.value = {number}{but})
  OR EXISTS (
    SELECT 1 FROM unnest(%(peppers)s::bytea[]) AS p(pepper)
    JOIN suppression x ON x.channel = 'sms' AND x.kind = 'hash'
     AND x.value = encode(sha256(p.pepper || convert_to({number}, 'UTF8')), 'hex'){but})"""


def dialled() -> str:
    """Return SQL over `c`: the mobile number as it is dialled from abroad, `+33612345678`.

    NULL where there is none, or none that can be told without its country. A number without one
    is of the country in the setting `contacts.phone_region`.
    """
    region = preferences.get("contacts.phone_region")
    code = phonenumbers.country_code_for_region(region) if region else 0
    abroad = f"""WHEN ltrim(c.mobile) LIKE '+%%' THEN '+' || {_DIGITS}
      WHEN {_DIGITS} LIKE '00%%' THEN '+' || substr({_DIGITS}, 3)"""
    here = ""
    if code:
        trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
        if trunk.isdigit():
            rest = f"substr({_DIGITS}, {len(trunk) + 1})"
            here = f"WHEN {_DIGITS} LIKE '{trunk}%%' THEN '+{int(code)}' || {rest}"
        here += f" ELSE '+{int(code)}' || {_DIGITS}"
    form = FORM.replace("\\", "\\\\")
    return f"""(SELECT n FROM (
      SELECT CASE WHEN c.mobile IS NULL THEN NULL {abroad} {here} END n) one WHERE n ~ E'{form}')"""  # noqa: S608 - digits of a library


def values() -> dict[str, Any]:
    """Return the parameters of `LISTED` and `CLOSED`."""
    return {"peppers": peppers(), "strength": list(STRENGTH)}
