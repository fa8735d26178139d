"""REST of the email channel: emails, the runs of broadcasts, the ledger."""

from emails.api import deliveries, messages, returned, runs, signing

__all__ = ["deliveries", "messages", "returned", "runs", "signing"]
