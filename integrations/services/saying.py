"""Says in words why a push or a test did not work, in the language of whoever reads it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: Mapping[str, Any] = {
    "timeout": gettext_lazy("The system did not answer in time."),
    "connection": gettext_lazy("The connection to the system failed."),
    "no_such_host": gettext_lazy("There is no server of this name."),
    "refused_address": gettext_lazy("This address may not be called: it is not a public one."),
    "refused_port": gettext_lazy("This port may not be called."),
    "bad_url": gettext_lazy("The settings make no web address."),
    "bad_request": gettext_lazy("The settings make a request that cannot be written."),
    "unreadable": gettext_lazy("The secret cannot be read any more: enter it again."),
    "no_connector": gettext_lazy("The software for this kind of system is no longer there."),
    "no_match": gettext_lazy("The contact has no value by which a record could be found there."),
    "ambiguous": gettext_lazy("More than one record there has this value: nobody knows which."),
    "no_id": gettext_lazy("The system answered without the id of the record it made."),
    "no_json": gettext_lazy("The system answered, but not in JSON."),
    "too_long": gettext_lazy("The system answered with more than can be read."),
    "another": gettext_lazy(
        "The system found a record that has another value: look at the path that finds."
    ),
    "taken": gettext_lazy("The record there is known as that of another contact."),
    "not_found_nor_none": gettext_lazy(
        "The system neither named a record nor said that there is none: look at the path that finds"
        " and where the id stands."
    ),
    "climbs": gettext_lazy("The value cannot be written into a path."),
    "gone_or_path": gettext_lazy(
        "The system does not know the record any more, or the path to it is wrong."
    ),
    "empty": gettext_lazy("Nothing of the mapping has a value for this contact."),
    "doubt": gettext_lazy(
        "A record may have been made, but the answer never came. Look there, then push again."
    ),
    "tired": gettext_lazy("It was tried for days."),
    "broken": gettext_lazy("The call cannot be made with these settings."),
    "nobody": gettext_lazy("The contact is gone."),
    "restricted": gettext_lazy("Processing of this contact is restricted: nothing was sent."),
}
STATUSES: Mapping[int, Any] = {
    400: gettext_lazy("The system did not accept what was sent (status 400)."),
    401: gettext_lazy("The system does not accept the secret (status 401)."),
    403: gettext_lazy("The secret may not do this there (status 403)."),
    404: gettext_lazy("The system knows no such address (status 404): look at the paths."),
    405: gettext_lazy("The system takes no such request there (status 405): look at the methods."),
    409: gettext_lazy("The system says this contradicts a record it has (status 409)."),
    422: gettext_lazy("The system did not accept a value (status 422)."),
    429: gettext_lazy("The system asked to be called less often (status 429)."),
}


def said(problem: str) -> str:
    """Say why; a problem that is no word of ours says so itself."""
    if problem.startswith("status:"):
        number = int(problem.removeprefix("status:"))
        if number in STATUSES:
            return str(STATUSES[number])
        if 300 <= number < 400:
            words = _("The system sends callers elsewhere (status %(status)s): enter that address.")
        elif number >= 500:
            words = _("The system has a fault of its own (status %(status)s).")
        else:
            words = _("The system answered with status %(status)s.")
        return words % {"status": number}
    return str(WORDS.get(problem, problem))
