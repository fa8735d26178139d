"""REST of the SMS channel: texts, the runs of broadcasts, the ledger."""

from sms.api import deliveries, messages, runs

__all__ = ["deliveries", "messages", "runs"]
