"""./dev fix: mend what can be mended by itself."""

import os
import subprocess
import sys
from pathlib import Path

from automation.dev import french
from automation.dev.run import run
from automation.embedded.image import migrated_image
from automation.embedded.throwaway import throw_away_servers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def main(words: list[str]) -> int:
    """Mend the given files; without any, all of them, French and generated pages."""
    files = words or ["."]
    status = run([str(BIN / "ruff"), "check", "--fix", "--quiet", *files])
    status |= run([str(BIN / "ruff"), "format", "--quiet", *files])
    templates = [name for name in _templates() if not words or name in words]
    if templates:
        # It ends with 1 when it changed something, which is what it is for.
        run([str(BIN / "djade"), "--target-version=5.2", *templates])
    if not words:
        french.mend()
        status |= _describe()
    return status


def _describe() -> int:
    """Write docs/openapi.json anew, and the pages on filters and permissions."""
    with throw_away_servers(migrated_image()) as servers:
        manage = [sys.executable, "manage.py"]
        environment = os.environ | servers.environment()
        commands = ("openapi", "describe_filters", "describe_permissions")
        return max(run([*manage, name, "--write"], environment) for name in commands)


def _templates() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()
