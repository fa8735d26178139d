"""./dev test: run pytest on throw-away servers."""

import os
import sys

from automation.dev.run import run
from automation.embedded.image import migrated_image
from automation.embedded.throwaway import throw_away_servers


def main(words: list[str]) -> int:
    long = "--long" in words
    arguments = [word for word in words if word != "--long"]
    with throw_away_servers(migrated_image()) as servers:
        environment = os.environ | servers.environment()
        marker = "" if long else "not long and not faults"
        return run([sys.executable, "-m", "pytest", "-m", marker, *arguments], environment)
