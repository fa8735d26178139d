"""A field whose date leads into a campaign, or ends a wait, cannot be deleted meanwhile."""

import pytest

from tests.journey import graph, node, ok, points

pytestmark = pytest.mark.django_db
CAMPAIGNS, FIELDS = "/api/v1/campaigns", "/api/v1/fields"
MANUAL = [{"manual": True}]
AT_ONCE = graph([points("a")], "start>a")
WAITING = graph(
    [node("w", "wait", until={"field": "renewal", "offset": "-3d"}), points("a")],
    "start>w",
    "w>a",
)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(
    ("sources", "drawing"), [([{"date": {"field": "renewal"}}], AT_ONCE), (MANUAL, WAITING)]
)
def test_a_date_in_use_is_not_deleted(api, sources, drawing, published):
    body = {"object": "contact", "label": "Renewal", "alias": "renewal", "type": "date"}
    field = ok(api.post(FIELDS, body), 201)["id"]
    body = {"name": "Renewals", "sources": sources, "graph": drawing}
    campaign = ok(api.post(CAMPAIGNS, body), 201)["id"]
    if published:
        ok(api.post(f"{CAMPAIGNS}/{campaign}/publish"))
        # What runs counts as well, whatever is drawn meanwhile.
        ok(api.patch(f"{CAMPAIGNS}/{campaign}", {"sources": MANUAL, "graph": AT_ONCE}))
    answer = api.delete(f"{FIELDS}/{field}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "in_use")
    assert "Renewals" in answer.content.decode()
    if published:
        ok(api.post(f"{CAMPAIGNS}/{campaign}/publish"))
    else:
        ok(api.patch(f"{CAMPAIGNS}/{campaign}", {"sources": MANUAL, "graph": AT_ONCE}))
    assert api.delete(f"{FIELDS}/{field}").status_code == 204
