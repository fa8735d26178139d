"""./dev test: run pytest on throw-away servers."""

import os
import sys

from automation.dev.run import run
from automation.embedded.image import migrated_image
from automation.embedded.throwaway import throw_away_servers
from automation.translations import compile_catalogues

# Databases of the broker, and connections to PostgreSQL, are not endless.
MOST_PROCESSES = 8
DRAWN_ONCE = ["--randomly-seed=1", "--hypothesis-seed=1"]


def main(words: list[str]) -> int:
    """Run the tests; with --long those too that take minutes, as with --pictures, for the docs.

    The same code gives the same answer: order and examples are drawn anew by --long alone.
    """
    if {"--long", "--pictures"} & set(words):
        return run_marked("", [word for word in words if word != "--long"])
    return run_marked("not long", [*DRAWN_ONCE, *words])


def run_marked(expression: str, words: list[str]) -> int:
    """Run what a marker expression selects; the person's own -m comes later and wins."""
    compile_catalogues()
    with throw_away_servers(migrated_image()) as servers:
        environment = os.environ | servers.environment()
        pytest = [sys.executable, "-m", "pytest", "-m", expression, *_beside_each_other(words)]
        return run([*pytest, *words], environment)


def _beside_each_other(words: list[str]) -> list[str]:
    """Run all tests in as many processes as there are cores; a few start sooner in one."""
    if any(word.startswith("tests") for word in words):
        return []
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    return ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
