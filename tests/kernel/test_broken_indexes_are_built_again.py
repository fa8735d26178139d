"""An index that a broken CREATE INDEX CONCURRENTLY left is noticed after migrating, and rebuilt."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

STATE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


def run(statement: str, *values: str) -> list[tuple[bool, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def breaks(name: str) -> None:
    run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", name)


@pytest.mark.django_db(transaction=True)
def test_migrating_builds_them_again_and_drops_copies():
    run("CREATE INDEX job_contacts_ccnew ON job (kind)")
    breaks("job_contacts")
    breaks("job_contacts_ccnew")
    call_command("migrate", verbosity=0, interactive=False)
    assert run(STATE, "job_contacts") == [(True,)]
    assert run(STATE, "job_contacts_ccnew") == []


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_built_keeps_no_other_back_and_leaves_one_copy():
    run("CREATE TABLE IF NOT EXISTS a_twice (number int)")
    try:
        run("INSERT INTO a_twice VALUES (1), (1)")
        with pytest.raises(IntegrityError):
            run("CREATE UNIQUE INDEX CONCURRENTLY a_twice_number ON a_twice (number)")
        breaks("job_contacts")
        for _again in range(2):
            call_command("migrate", verbosity=0, interactive=False)
        assert run(STATE, "job_contacts") == [(True,)]
        assert run(STATE, "a_twice_number") == [(False,)]
        copies = run("SELECT count(*) FROM pg_class WHERE relname LIKE 'a_twice_number_cc%'")
        assert copies == [(1,)]
    finally:
        run("DROP TABLE a_twice")
