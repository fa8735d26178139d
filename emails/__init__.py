"""The email channel: messages, the ledger of deliveries, and how they go out and come back."""
