"""Answers to who asks for something that is not possible as things stand."""


class RunRefused(Exception):  # noqa: N818 - an answer to a person
    """What was asked of a run is not possible as things stand; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BeingSent(Exception):  # noqa: N818 - an answer to a person
    """The message is on its way to people and cannot be deleted now."""


class Slow(Exception):  # noqa: N818 - an answer
    """Counting what one user sees takes longer than a person waits: nothing is kept of that."""
