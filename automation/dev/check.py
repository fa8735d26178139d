"""./dev check: everything that must hold, as continuous integration runs it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from automation.dev import french, licences, traces
from automation.embedded.image import migrated_image
from automation.embedded.throwaway import Servers, throw_away_servers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# A production address switches on whatever --deploy looks at.
DEPLOYED = {"SITE_URL": "https://relais.example", "ALLOWED_HOSTS": "relais.example"}


@dataclass(frozen=True)
class Check:
    """A name, and a function that returns complaints; none means it passed."""

    name: str
    run: Callable[[], str]


def main(words: list[str]) -> int:
    """Run all checks, or those whose names are given."""
    with throw_away_servers(migrated_image()) as servers:
        every = _checks(servers)
        if unknown := sorted(set(words) - {check.name for check in every}):
            print(f"No check is called {', '.join(unknown)}.", *(c.name for c in every))
            return 2
        checks = [check for check in every if not words or check.name in words]
        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(_run, checks))
    failed = [check.name for check, complaints in zip(checks, results, strict=True) if complaints]
    if failed:
        print(f"\nFailed: {', '.join(failed)}. What can be mended by itself: ./dev fix")
    else:
        print(f"\nAll {len(checks)} checks passed.")
    return 1 if failed else 0


def _checks(servers: Servers) -> list[Check]:
    environment = servers.environment()
    return [
        Check("types", _tool("mypy", ".", environment=environment)),
        Check("ruff", _tool("ruff", "check", "--quiet", "--output-format=concise", ".")),
        Check("format", _tool("ruff", "format", "--check", "--quiet", ".")),
        Check("imports", _tool("lint-imports")),
        Check("templates", _templates),
        Check("migrations", _manage(environment, "makemigrations", "--check", "--dry-run")),
        Check(
            "deploy", _manage(environment | DEPLOYED, "check", "--deploy", "--fail-level=WARNING")
        ),
        Check("french", french.complaints),
        Check("licences", licences.complaints),
        Check("spelling", _tool("codespell", *_tracked("*.py", "*.md", "*.html", "*.toml", "dev"))),
        Check("traces", traces.complaints),
    ]


def _run(check: Check) -> str:
    began = time.monotonic()
    complaints = check.run().strip()
    state = "FAILED" if complaints else "ok"
    lines = f"  {check.name:<11} {state} ({time.monotonic() - began:.1f} s)"
    if complaints:
        indented = complaints.replace("\n", "\n      ")
        lines += f"\n      {indented}"
    print(lines, flush=True)
    return complaints


def _tool(
    name: str, *words: str, environment: Mapping[str, str] | None = None
) -> Callable[[], str]:
    return lambda: _output([str(BIN / name), *words], environment or {})


def _manage(environment: Mapping[str, str], *words: str) -> Callable[[], str]:
    return lambda: _output([sys.executable, "manage.py", *words], environment)


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    """Run a tool; what it printed counts only if it failed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return "" if done.returncode == 0 else done.stdout or f"exit code {done.returncode}"


def _templates() -> str:
    files = _tracked("*.html")
    djade = [str(BIN / "djade"), "--target-version=5.2", "--check", *files]
    return _output(djade, {}) if files else ""


def _tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [name for name in listed if (ROOT / name).exists()]
