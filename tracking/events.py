"""What visitors do on sites and systems report, with the shapes that reports count on."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.events import MESSAGE, RECORD, WEB, EventType, event_types
from kernel.registry import ConfigProblem

MOST_ITEMS = 200
# What is known of how somebody came, and with what.
ARRIVAL = (
    *("referrer", "device", "system"),
    *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
)
DEVICES: Mapping[str, str] = {"device": "device", "system": "system"}


class OnPage(EventType):
    """Something on a page of a tracked site; an address may hold `*` for anything."""

    retention = WEB
    active = True
    operation = "site"
    judged = True
    consent = "web_tracking"
    patterns = ("url", "path")


@event_types.register
class PageViewed(OnPage):
    """A page of a tracked site was looked at."""

    key = "pages.viewed"
    label = _lazy("Viewed a page")
    icon = "world-www"
    conditions = {name: name for name in ("url", "host", "path", "title", *ARRIVAL)}
    choices = DEVICES

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the page."""
        page = data.get("title") or data.get("url") or _("a page")
        return _("Viewed %(page)s") % {"page": page}


@event_types.register
class VisitStarted(OnPage):
    """A visit of a tracked site began: the first page after half an hour without any."""

    key = "visits.started"
    label = _lazy("Visited a site")
    icon = "login-2"
    conditions = {name: name for name in ("url", "host", "path", *ARRIVAL)}
    choices = DEVICES
    # Its pages tell that already.
    active = False

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the site."""
        return _("Visited %(site)s") % {"site": data.get("host") or _("a site")}


@event_types.register
class PageStayed(OnPage):
    """A page was visible for so long; a visit of a page may tell it in several parts."""

    key = "pages.stayed"
    label = _lazy("Spent time on a page")
    icon = "clock"
    conditions = {name: name for name in ("url", "host", "path")}
    numbers: ClassVar[Mapping[str, str]] = {"seconds": "seconds"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Tell how long, and where."""
        return _("Spent %(seconds)s seconds on %(page)s") % {
            "seconds": data.get("seconds", 0),
            "page": data.get("url") or _("a page"),
        }


@event_types.register
class VerdictCorrected(EventType):
    """What was taken for a person's turned out a machine's, or the reverse.

    The subject is the event; `data` tells its type and subject, the former verdict and the new
    one, and in `change` what this does to every count: -1, 0 or 1.
    """

    key = "events.corrected"
    label = _lazy("Verdict corrected")
    icon = "refresh"
    retention = MESSAGE
    subject = "event"
    counted = False


class Reported(EventType):
    """An event of a fixed shape that clients report through the API."""

    open_to_api = True
    # Whether the script may report it; what money depends on comes from servers only.
    open_to_browsers: ClassVar[bool] = True
    active = True
    operation = "shop"

    @classmethod
    def payload(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Check the lines of a cart or order."""
        items = data.get("items", [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise _problem("items", "invalid", _("A list of objects is expected."))
        if len(items) > MOST_ITEMS:
            raise _problem("items", "too_many", _("At most 200 items are kept."))
        return dict(data)


@event_types.register
class OrderPlaced(Reported):
    """A purchase, with its amount in one currency."""

    key = "orders.placed"
    label = _lazy("Placed an order")
    icon = "shopping-cart"
    retention = RECORD
    open_to_browsers = False
    conditions = {"order": "order", "currency": "currency"}
    numbers: ClassVar[Mapping[str, str]] = {"amount": "amount"}

    @classmethod
    def payload(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Demand an order number, an exact amount and a currency of three letters."""
        order, currency = data.get("order"), data.get("currency")
        if not isinstance(order, str | int) or isinstance(order, bool) or order == "":
            raise _problem("order", "required", _("The number of the order is needed."))
        if not (isinstance(currency, str) and len(currency) == 3 and currency.isalpha()):
            raise _problem("currency", "invalid", _("A currency such as EUR is expected."))
        try:
            amount = Decimal(str(data.get("amount")))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or abs(amount) >= 10**12:
            raise _problem("amount", "invalid", _("An amount such as 12.50 is expected."))
        exact = {"order": str(order), "amount": f"{amount:f}", "currency": currency.upper()}
        return super().payload(data) | exact


@event_types.register
class CartUpdated(Reported):
    """A shopping cart as it stands now."""

    key = "carts.updated"
    label = _lazy("Changed the cart")
    icon = "shopping-cart"
    retention = WEB
    conditions = {"cart": "cart"}


@event_types.register
class ProductViewed(Reported):
    """A look at a product."""

    key = "products.viewed"
    label = _lazy("Looked at a product")
    icon = "eye"
    retention = WEB
    conditions = {"product": "product", "category": "category"}


def _problem(field: str, code: str, message: str) -> ConfigProblem:
    return ConfigProblem([{"field": field, "code": code, "message": message}])
