"""./dev bench NAME: a benchmark beside its hand-written limit, on servers that keep their word."""

import argparse
import os
import sys
from pathlib import Path

from automation.dev.run import run
from automation.embedded.folder import DataFolder, called_from
from automation.embedded.postgres import Cluster
from automation.embedded.throwaway import secrets_for_tests
from automation.embedded.valkey import Broker

ROOT = Path(__file__).resolve().parents[2]
BENCHES = ROOT / "tests" / "bench"


def main(words: list[str]) -> int:
    """Start the servers kept for benchmarks, whose data sets are loaded once, and run one."""
    options = _parse(words)
    folder = DataFolder(ROOT / ".cache" / "bench")
    folder.make()
    with folder.locked("./dev bench"):
        cluster = Cluster(folder.path, folder.sockets)
        broker = Broker(folder.path, folder.sockets, throw_away=True)
        log = os.open(folder.logs / "servers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with cluster.running(log), broker.running(log):
            environment = {
                "DATABASE_URL": cluster.url(),
                "REDIS_URL": broker.url,
                "RELAIS_DATA": str(folder.path),
                "SITE_URL": "http://127.0.0.1:8000",
            }
            return run(
                [sys.executable, "-m", "tests.bench", options.name, *_rest(options)],
                os.environ | environment | secrets_for_tests(),
            )


def _parse(words: list[str]) -> argparse.Namespace:
    names = sorted(file.stem for file in BENCHES.glob("[a-z]*.py") if _can_run(file))
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure beside the limit.")
    parser.add_argument("name", choices=names)
    parser.add_argument("--size", type=int, default=100_000, help="contacts")
    parser.add_argument("--ours", action="store_true", help="leave out limits that take long")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    return parser.parse_args(words)


def _can_run(file: Path) -> bool:
    """Tell benchmarks from what they share."""
    return "\ndef run(bench: Bench)" in file.read_text()


def _rest(options: argparse.Namespace) -> list[str]:
    rest = ["--size", str(options.size), *(["--ours"] if options.ours else [])]
    return [*rest, "--json", str(called_from(options.json))] if options.json else rest
