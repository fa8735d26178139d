"""The recording server of the fault tests: what it took, what it broke, by seed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from emails.smtp import Answer
from tests.emails.letters import RAW
from tests.smtp_book import read
from tests.smtp_sink import Rule, Sink

PEOPLE = [f"p{number}@y.example" for number in range(40)]


def test_a_share_is_drawn_by_its_seed_and_only_so_many_times(deliver):
    def refused(seed: int) -> set[str]:
        rule = Rule("", "reject", "451 later", share=0.2, times=1, seed=seed)
        with Sink([rule]) as sink:
            first = {to for to in PEOPLE if deliver(sink, to, tls="off").answer != "accepted"}
            assert all(deliver(sink, to).answer == Answer.ACCEPTED for to in PEOPLE)
        return first

    assert refused(7) == refused(7) != refused(8)
    assert 2 <= len(refused(7)) <= 18


def test_connections_are_refused_and_rates_are_limited(deliver):
    with Sink([Rule("", "greet", "421 4.3.2 busy", times=1)]) as sink:
        assert deliver(sink).words.startswith("421 4.3.2")
        assert deliver(sink).answer == Answer.ACCEPTED
    with Sink([Rule("", "limit", "3 450 4.7.1 slower")]) as sink:
        answers = [deliver(sink, tls="off").answer for _ in range(5)]
    assert answers == [Answer.ACCEPTED] * 3 + [Answer.PASSING] * 2


def test_it_runs_by_itself_and_its_file_names_key_recipient_and_time(deliver, tmp_path: Path):
    file = tmp_path / "mails.jsonl"
    words = ["--file", str(file), "--brief", "--rule", "^late@=cut_late;times=1"]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.smtp_sink", *words],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:

        class There:
            port = int(server.stdout.readline())

        raw = RAW.replace(b"Subject", b"Message-ID: <key.7@x>\r\nSubject")
        assert deliver(There, raw=raw).answer == Answer.ACCEPTED
        assert deliver(There, "late@y.example", raw=raw).answer == Answer.UNKNOWN
        os.kill(server.pid, signal.SIGTERM)
    found = [(entry["key"], *entry["recipients"]) for entry in read(file)]
    assert found == [("<key.7@x>", "zoe@y.example"), ("<key.7@x>", "late@y.example")]
    assert [entry["fault"] for entry in read(file, faults=True)] == ["cut_late"]
    assert all(json.loads(line)["at"] > 1e9 for line in file.read_text().splitlines())
