"""Senders as processes of their own: `python -m tests.bench.senders send|push FILE COUNT`.

Each says when it is ready, and begins when its input ends: `send` works on what is queued until
nothing is due, `push` hands so many of the mails in FILE over, `sign` with a signature of its own.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings

# As many as the product starts.
PROCESSES = 2


def run(*words: str, email_url: str) -> list[subprocess.Popen[bytes]]:
    """Start the processes and wait until all are ready."""
    environment = os.environ | {"EMAIL_URL": email_url}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.senders", *words],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _number in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline()
    return started


def go(started: list[subprocess.Popen[bytes]]) -> None:
    """Let them begin, and wait for their end."""
    for process in started:
        assert process.stdin
        process.stdin.close()
    for process in started:
        assert process.wait() == 0
        assert process.stdout
        process.stdout.close()


def main(task: str, file: str, count: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
    django.setup()
    from content import wording
    from emails.plugins.queues import Marketing
    from kernel import clock
    from tests.bench.by_hand.send import push, signing

    mails, pem = pickle.loads(Path(file).read_bytes())
    # The locale's data are read once a process, in an installation long before.
    wording.locale_of("en").number_symbols  # noqa: B018
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    if task == "push":
        push(settings.EMAIL_URL, mails, int(count))
        return
    if task == "sign":
        push(settings.EMAIL_URL, mails, int(count), signing(pem))
        return
    queue = Marketing()
    while queue.work(clock.now()):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
