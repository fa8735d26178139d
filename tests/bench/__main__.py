"""Run one benchmark; `./dev bench` starts the servers first."""

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("name")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--ours", action="store_true")
    options = parser.parse_args()
    django.setup()
    from tests.bench.bench import Bench

    bench = Bench(options.name, options.size, limits=not options.ours)
    import_module(f"tests.bench.{options.name}").run(bench)
    if options.json:
        bench.write(options.json)


if __name__ == "__main__":
    main()
