"""What is wrong with a filter, each problem with the place it was found at."""

from kernel.registry import ConfigProblem, Problem


class FilterProblem(ConfigProblem):
    """A filter that cannot be taken, as a list of `{field, code, message}`."""

    @property
    def errors(self) -> list[Problem]:
        """Return the problems in the shape of the API."""
        return self.problems


def refuse(field: str, code: str, message: object) -> FilterProblem:
    """Build the exception for one problem; `field` is relative to the condition."""
    return FilterProblem([{"field": field, "code": code, "message": str(message)}])
