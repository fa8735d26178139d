"""./dev test: run pytest on throw-away servers."""

import os
import sys

from automation.dev.run import run
from automation.embedded.image import migrated_image
from automation.embedded.throwaway import throw_away_servers
from automation.translations import compile_catalogues


def main(words: list[str]) -> int:
    """Run the tests; with --long those too that take minutes."""
    marked = "" if "--long" in words else "not long"
    return run_marked(marked, [word for word in words if word != "--long"])


def run_marked(expression: str, words: list[str]) -> int:
    """Run what a marker expression selects; the person's own -m comes later and wins."""
    compile_catalogues()
    with throw_away_servers(migrated_image()) as servers:
        environment = os.environ | servers.environment()
        return run([sys.executable, "-m", "pytest", "-m", expression, *words], environment)
