"""Find the command named on the line and run it."""

import signal
import sys
from importlib import import_module

from automation.embedded.trouble import Trouble

COMMANDS = {
    "up": ("automation.dev.up", "start everything in the foreground"),
    "manage": ("automation.dev.manage", "a management command against the same data"),
    "test": ("automation.dev.test", "all tests, on throw-away servers"),
    "check": ("automation.dev.check", "linters, types, floors, migrations, French, licences"),
    "bench": ("automation.dev.bench", "a benchmark with its hand-written limit in the same run"),
    "faults": ("automation.dev.faults", "fault tests at full size"),
    "fix": ("automation.dev.fix", "what can be mended by itself"),
    "lock": ("automation.dev.lock", "compile the hashed locks from pyproject.toml"),
}


def main(words: list[str]) -> int:
    if not words or words[0] not in COMMANDS:
        print("Usage: ./dev COMMAND …\n")
        for name, (_module, purpose) in COMMANDS.items():
            print(f"  {name:<8} {purpose}")
        return 0 if words and words[0] in {"help", "-h", "--help"} else 2
    signal.signal(signal.SIGTERM, _leave)
    try:
        status: int = import_module(COMMANDS[words[0]][0]).main(words[1:])
    except Trouble as trouble:
        print(f"\n{trouble}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _leave(number: int, _frame: object) -> None:
    """Let `finally` clauses stop what was started."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
