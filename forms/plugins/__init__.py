"""What forms offer to the product, one file a subject."""

from forms.plugins import choices, data, processing, queues, rights, settings

__all__ = ["choices", "data", "processing", "queues", "rights", "settings"]
