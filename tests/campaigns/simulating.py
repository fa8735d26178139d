"""Simulations in tests, asked by REST."""

from tests.journey import ok


def simulate(api, campaign, status=200, **body):
    return ok(api.post(f"/api/v1/campaigns/{campaign}/simulate", body), status)


def steps(told):
    return [(one["step"], one["outcome"]) for one in told["moments"]]


def draft(api, drawing, **values):
    body = {"name": "Draft", "graph": drawing, "sources": [{"manual": True}], **values}
    return ok(api.post("/api/v1/campaigns", body), 201)["id"]
