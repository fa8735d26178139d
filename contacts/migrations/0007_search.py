"""People are found and ordered by name and email through indexes, without regard to accents."""

from typing import ClassVar

from django.db import migrations

# Letters beside the alphabet, as they stand in small, and what they are looked up as. Signs that
# part the words of names and addresses become spaces.
PAIRS = {
    "a": "àáâãäåāăąạảấầẩẫậắằẳẵặ",
    "c": "çćĉċč",
    "d": "ďđð",
    "e": "èéêëēĕėęěẹẻẽếềểễệ",
    "g": "ĝğġģ",
    "h": "ĥħ",
    "i": "ìíîïĩīĭįıỉị",
    "j": "ĵ",
    "k": "ķ",
    "l": "ĺļľŀł",
    "n": "ñńņňŋ",
    "o": "òóôõöøōŏőọỏốồổỗộớờởỡợơ",
    "r": "ŕŗř",
    "s": "śŝşšșß",
    "t": "ţťŧțþ",
    "u": "ùúûüũūŭůűųụủứừửữựư",
    "w": "ŵ",
    "y": "ýÿŷỳỵỷỹ",
    "z": "źżž",
    " ": "@.-_+'\N{RIGHT SINGLE QUOTATION MARK},",
}
LETTERS = "".join(PAIRS.values()).replace("'", "''")
PLAIN = "".join(plain * len(letters) for plain, letters in PAIRS.items())

# PostgreSQL puts the body in place of the call, so that an index on it costs no call.
FUNCTIONS = f"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE OR REPLACE FUNCTION contact_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT translate(lower($1), '{LETTERS}', '{PLAIN}') $$;
"""
FORGET = "DROP FUNCTION contact_folded(text)"
# Found by parts of words, from one letter on: a beginning has a trigram of its own.
WORDS = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_words ON contact USING gin ((
  ' ' || contact_folded(coalesce(first_name, '') || ' ' || coalesce(last_name, '')
                        || ' ' || coalesce(email, ''))) gin_trgm_ops)"""
ORDER = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_by_name ON contact (
  left(contact_folded(coalesce(last_name || ' ' || coalesce(first_name, ''), first_name, email)), 200),
  id)"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for functions. Indexes are built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0006_import_drafts")]
    operations: ClassVar = [
        migrations.RunSQL(FUNCTIONS, FORGET),
        migrations.RunSQL(WORDS, "DROP INDEX contact_words"),
        migrations.RunSQL(ORDER, "DROP INDEX contact_by_name"),
        migrations.RunSQL("ANALYZE contact", migrations.RunSQL.noop),
    ]
