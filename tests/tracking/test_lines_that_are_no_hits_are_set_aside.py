"""REL-32: what on the spool is no hit is set aside, and holds up no other line."""

import pytest
from django.db import OperationalError, connection

from tests.tracking.spooled import taken
from tracking import spool
from tracking.spooler import copy_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def test_one_bad_line_is_set_aside_and_the_others_go_on(folder):
    def picky(lines, now):
        if any(line.data["n"] == 7 for line in lines):
            raise ValueError("ann@example.com")
        taken.extend(lines)

    spool.handlers["testing.hit"] = picky
    for number in range(20):
        spool.append("testing.hit", {"n": number, "who": "ann@example.com"})
    spool.flush()
    [file] = spool.waiting()
    with file.open("ab") as end:
        end.write(b'{"who": "ann@example.com"}\n')
    assert copy_all() == 19
    assert {line.data["n"] for line in taken} == set(range(20)) - {7}
    [bad] = folder.glob("*.bad")
    told = bad.read_text()
    assert "ValueError" in told
    assert "(n, who)" in told
    # The file is kept for two weeks: it says what went wrong, not about whom.
    assert "ann@" not in told


@pytest.mark.django_db(transaction=True)
def test_a_server_that_dies_sets_no_line_aside(folder):
    """REL-48: the lines wait in their file."""

    def cut(_lines, _now):
        connection.connection.close()
        connection.cursor()

    take = spool.handlers["testing.hit"]
    spool.append("testing.hit", {"n": 1})
    spool.flush()
    spool.handlers["testing.hit"] = cut
    with pytest.raises(OperationalError):
        copy_all()
    connection.close()
    spool.handlers["testing.hit"] = take
    assert copy_all() == 1
    assert [line.data["n"] for line in taken] == [1]
    assert not list(folder.glob("*.bad"))


def test_hostile_lines_are_set_aside(folder):
    spool.append("testing.hit", {"n": 1})
    spool.flush()
    [file] = spool.waiting()
    hostile = [
        b"", b"[]", b"7", b"null", b'"x"', b"{}", b"\x00\xff", b"[" * 3000, b'{"id": 7}',
        b'{"id": 7, "kind": "testing.hit", "at": "2026-11-22T10:00:00Z", "data": {"n": 7}}',
        b'{"id": "a\\u0000", "kind": "testing.hit", "at": "2026-11-22T10:00:00Z", "data": {}}',
        b'{"id": "b", "kind": "testing.hit", "at": "yesterday", "data": {}}',
        b'{"id": "c", "kind": "testing.hit", "at": 7, "data": {}}',
        b'{"id": "d", "kind": "unknown", "at": "2026-11-22T10:00:00Z", "data": {}}',
        b'{"id": "e", "kind": ["testing.hit"], "at": "2026-11-22T10:00:00Z", "data": {}}',
        b'{"id": "f", "kind": "emails.opened", "at": "2026-11-22T10:00:00Z", "data": {"n": 1}}',
        b'{"id": "g", "kind": "tracking.hit", "at": "9999-12-31T23:59:59Z", "data": []}',
    ]  # fmt: skip
    with file.open("ab") as end:
        end.write(b"\n".join(hostile) + b"\n")
    spool.append("testing.hit", {"n": 2})
    spool.flush()
    copy_all()
    assert [line.data["n"] for line in taken if "n" in line.data][:2] == [1, 2]
    assert spool.waiting() == []


def test_half_a_line_of_a_killed_writer_is_no_line(folder):
    spool.append("testing.hit", {"n": 1})
    spool.flush()
    [file] = spool.waiting()
    with file.open("ab") as end:
        end.write(b'{"id": "x", "kind": "tes')
    assert copy_all() == 1
