"""Forms that take what is pasted whole, and then say that it is too long."""

from typing import Any


def unclipped(form: Any) -> Any:
    """Have the answer say how long a text may be: a browser would cut it without a word."""
    for field in form.fields.values():
        if getattr(field, "max_length", None):
            field.widget.attrs.pop("maxlength", None)
    return form
