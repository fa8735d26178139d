"""Finding who bears a token: asked with every call, so one statement that is written only once."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from accounts.models import Role, Token, User
from accounts.models.tokens import digest_of
from kernel.prepared import Prepared

M = models.Model


def bearer(secret: str, now: datetime) -> Token | None:
    """Return the token with its user and their role, if it still opens the door."""
    digest = digest_of(secret)
    with connection.cursor() as cursor:
        _statement().run(cursor, {"digest": digest, "now": now})
        row = cursor.fetchone()
    if row is None:
        return None
    made: dict[type[M], Any] = {}
    for model in (Token, User, Role):
        width = len(model._meta.concrete_fields)
        made[model], row = _of_row(model, row[:width]), row[width:]
    token: Token = made[Token]
    if not hmac.compare_digest(token.digest, digest):
        return None
    token.user, token.user.role = made[User], made[Role]
    return token


@cache
def _statement() -> Prepared:
    columns = ", ".join(
        f'{model._meta.db_table}."{field.column}"'
        for model in (Token, User, Role)
        for field in model._meta.concrete_fields
    )
    sql = f"""
        SELECT {columns}
        FROM api_token
        JOIN account ON account.id = api_token.user_id
        JOIN role ON role.id = account.role_id
        WHERE api_token.digest = %(digest)s AND api_token.revoked_at IS NULL
          AND (api_token.expires_at IS NULL OR api_token.expires_at > %(now)s)
          AND account.is_active"""  # noqa: S608 - made of names of columns alone
    return Prepared(sql, {"digest": "text", "now": "timestamptz"})


def _of_row(model: type[M], values: Sequence[Any]) -> M:
    """Make the object as a query would, JSON decoded."""
    names, readers = _columns(model)
    read = list(values)
    for place, reader in readers:
        read[place] = reader(read[place], None, connection)
    return model.from_db(connection.alias, names, read)


@cache
def _columns(model: type[M]) -> tuple[list[str], list[tuple[int, Any]]]:
    """Name a model's columns, and the few that are read in a way of their own."""
    fields = model._meta.concrete_fields
    readers = [
        (place, field.from_db_value)
        for place, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
    return [str(field.attname) for field in fields], readers
