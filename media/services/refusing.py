"""How an upload is refused: with a code, and words that say what to do instead."""

from kernel.registry import ConfigProblem


def refuse(code: str, message: str, field: str = "file") -> ConfigProblem:
    """Build the refusal of a file or a choice."""
    return ConfigProblem([{"field": field, "code": code, "message": message}])
