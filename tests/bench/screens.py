"""Server time of the lists of the back office over a workspace in use, for whom sees all or half.

Half of all people are somebody's own; everybody has a tag, a stage, a company and two consents,
and was sent three broadcasts. The limit is what design allows a first page.
"""

from urllib.parse import urlencode

from django.db import connection

from accounts.models import BuiltIn, Role, User
from emails.models import Email, State
from kernel import clock
from segments.models import Segment
from tests.bench.bench import Bench
from tests.bench.lists import FILTER, Screens
from tests.bench.population import populate

ALLOWED = 150
BROADCASTS, TOPICS, TAGS, STAGES, COMPANIES = 3, 4, 5, 4, 1_000
TREE = str(FILTER).replace("'", '"')
PATHS = {
    "start page": "/",
    "contacts of a country": "/contacts?" + urlencode({"filter": TREE}),
    "contacts of a company": "/contacts?company=1",
    "companies": "/companies",
    "one company": "/companies/1",
    "segments": "/segments",
    "one segment": "/segments/{segment}",
    "emails": "/emails",
    "one email": "/emails/{email}",
    "campaigns": "/campaigns",
    "stages": "/stages",
    "tags": "/settings/tags",
    "topics": "/settings/topics",
    "fields": "/settings/fields",
    "palette, a name": "/find?q=name77",
    "palette, what nobody has": "/find?q=zzyzx",
}
FURNISH = (
    "INSERT INTO tag (name, created_at)"
    " SELECT 'Tag ' || n, now() FROM generate_series(1, %(tags)s) n",
    "INSERT INTO contact_tag (contact_id, tag_id, added_at)"
    " SELECT c.id, t.id, now() FROM contact c"
    " JOIN tag t ON t.name = 'Tag ' || 1 + c.id %% %(tags)s",
    "INSERT INTO topic (name, labels, public, version, created_at, updated_at)"
    " SELECT 'Topic ' || n, '{}', true, 1, now(), now() FROM generate_series(1, %(topics)s) n",
    "INSERT INTO consent (contact_id, purpose, topic_id, state, at)"
    " SELECT c.id, 'email_marketing', t.id, 'granted', now() FROM contact c"
    " JOIN topic t ON t.name = 'Topic ' || 1 + c.id %% %(topics)s",
    "INSERT INTO consent (contact_id, purpose, topic_id, state, at)"
    " SELECT id, 'email_marketing', 0, 'granted', now() FROM contact",
    "INSERT INTO company (name, attrs, version, created_at, updated_at)"
    " SELECT 'Company ' || n, '{}', 1, now(), now() FROM generate_series(1, %(companies)s) n",
    "INSERT INTO stage (name, description, weight, version, created_at, updated_at)"
    " SELECT 'Stage ' || n, '', n, 1, now(), now() FROM generate_series(1, %(stages)s) n",
    "UPDATE contact c SET company_id = (SELECT min(id) FROM company) + c.id %% %(companies)s,"
    " owner_id = CASE WHEN c.id %% 2 = 0 THEN %(owner)s END",
    "UPDATE contact_state SET stage_id = (SELECT min(id) FROM stage) + contact_id %% %(stages)s",
    "INSERT INTO member (segment_id, contact_id, added_at, manual)"
    " SELECT %(segment)s, id, now(), 1 FROM contact ORDER BY id",
    "INSERT INTO delivery (email_id, run_id, contact_id, due_at, created_at, sent_at, state, cause,"
    " version_id) SELECT e.id, e.id, c.id, now(), now(), now(), %(sent)s, 'broadcast:' || e.id, 1"
    " FROM email e CROSS JOIN contact c",
    "VACUUM (ANALYZE)",
)


def run(bench: Bench) -> None:
    bench.on("people", populate)
    now = clock.now()
    everybody = BuiltIn.ADMINISTRATOR
    admin = User.objects.create_user(
        "all@example.com", None, role=Role.objects.get(built_in=everybody)
    )
    rights = {"*": {"view": "all"}, "contacts": {"view": "own"}}
    half = Role.objects.create(name="Half", rights=rights)
    owner = User.objects.create_user("half@example.com", None, role=half)
    segment = Segment.objects.create(name="All", created_at=now, updated_at=now)
    for number in range(BROADCASTS):
        email = Email.objects.create(name=f"News {number}", type="segment")
    _furnish(owner=owner.pk, segment=segment.pk)
    for who, user in (("all", admin), ("half", owner)):
        screens = Screens(user)
        for name, path in PATHS.items():
            address = path.format(segment=segment.pk, email=email.pk)
            bench.metric(f"{name}, {who}", screens.median(address), "ms", limit=ALLOWED)


def _furnish(**values: int) -> None:
    numbers = {"tags": TAGS, "topics": TOPICS, "companies": COMPANIES, "stages": STAGES}
    with connection.cursor() as cursor:
        for statement in FURNISH:
            cursor.execute(statement, {**numbers, "sent": State.SENT, **values})
