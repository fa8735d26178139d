"""The error whose text is meant for the person at the terminal."""


class Trouble(Exception):  # noqa: N818  (it reads as what it is)
    """Say what is wrong and what to do; shown without a traceback."""
