"""The answer to a value that cannot be taken."""


class ValueProblem(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """Why a value was refused: a stable code for programs, a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
