"""./dev faults: kill, stop and cut at full size."""

import os

from automation.dev import test


def main(words: list[str]) -> int:
    """Run the tests marked `faults`; they read RELAIS_FULL_SIZE."""
    os.environ["RELAIS_FULL_SIZE"] = "1"
    return test.run_marked("faults", words)
