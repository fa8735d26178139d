"""What systems report about a contact, with the shapes that reports count on."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.events import RECORD, WEB, EventType, event_types
from kernel.registry import ConfigProblem

MOST_ITEMS = 200


class Reported(EventType):
    """An event of a fixed shape that clients report through the API."""

    open_to_api = True
    active = True

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
    retention = RECORD
    conditions = {"order": "order", "currency": "currency"}

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
    retention = WEB
    conditions = {"cart": "cart"}


@event_types.register
class ProductViewed(Reported):
    """A look at a product."""

    key = "products.viewed"
    label = _lazy("Looked at a product")
    retention = WEB
    conditions = {"product": "product", "category": "category"}


def _problem(field: str, code: str, message: str) -> ConfigProblem:
    return ConfigProblem([{"field": field, "code": code, "message": message}])
