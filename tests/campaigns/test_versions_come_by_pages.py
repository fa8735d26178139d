"""The history of versions is read page by page, the newest first."""

import pytest

from tests.campaigns.versions import publish_anew
from tests.journey import graph, ok, points, run

pytestmark = pytest.mark.django_db


def test_each_version_stands_on_one_page(api):
    campaign = run(api, graph([points("hello")], "start>hello"))
    for _time in range(4):
        publish_anew(api, campaign, settled=False, in_flight="finish")
    path = f"/api/v1/campaigns/{campaign}/versions"
    first = ok(api.get(path, {"limit": 2}))
    second = ok(api.get(path, {"limit": 2, "cursor": first["next"]}))
    # Published meanwhile: the pages after it stay as they are.
    publish_anew(api, campaign, settled=False, in_flight="finish")
    third = ok(api.get(path, {"limit": 2, "cursor": second["next"]}))
    pages = [[row["number"] for row in page["results"]] for page in (first, second, third)]
    assert (pages, third["next"]) == ([[5, 4], [3, 2], [1]], None)
    other = run(api, graph([points("hello")], "start>hello"))
    stranger = f"/api/v1/campaigns/{other}/versions"
    assert api.get(stranger, {"cursor": first["next"]}).status_code == 400
    assert api.get(path, {"limit": "0"}).status_code == 400
