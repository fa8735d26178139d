"""./dev faults: kill, stop and cut at full size."""

import os

from automation.dev import test


def main(words: list[str]) -> int:
    """Run the fault tests, which read RELAIS_FULL_SIZE; other words go to pytest."""
    os.environ["RELAIS_FULL_SIZE"] = "1"
    places = [word for word in words if word.startswith("tests/")]
    return test.run_marked("", words if places else ["tests/faults", *words])
