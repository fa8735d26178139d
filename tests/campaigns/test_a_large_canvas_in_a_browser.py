"""Two hundred steps: what a drag draws anew in a frame stays small."""

from typing import Any

import pytest

from accounts.models import User
from campaigns.models import Campaign

pytestmark = pytest.mark.django_db(transaction=True)
STEPS, MOST = 200, 50
# Count the steps that are rendered in each frame: their components lie in the tree that Preact
# keeps at the root (`__k` children, `__c` component).
COUNT = """() => {
  const frame = new Set();
  window.frames_ = [];
  const wrap = (vnode) => {
    const one = vnode?.__c;
    if (one?.render && one.props?.data?.ports && !one.counted) {
      const render = one.render;
      one.counted = true;
      one.render = function (...given) {
        frame.add(one.props.id);
        return render.apply(this, given);
      };
    }
    for (const child of vnode?.__k ?? []) wrap(child);
  };
  const root = document.getElementById("campaign-canvas");
  const tick = () => {
    window.frames_.push(frame.size);
    frame.clear();
    wrap(root.__k);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""

DRAWN = """() => new Promise((done) => {
  const look = () => (window.frames_.length > 3 ? done() : requestAnimationFrame(look));
  look();
})"""


@pytest.fixture
def campaign(alice: User) -> Campaign:
    """Forty rows of five."""
    nodes = [
        {
            "id": f"n{place}",
            "kind": "wait",
            "config": {"for": "1h"},
            "position": {"x": place % 5 * 300, "y": 140 + place // 5 * 140},
        }
        for place in range(STEPS)
    ]
    edges = [{"from": "start", "to": f"n{place}", "branch": "next"} for place in range(5)]
    edges += [
        {"from": f"n{place}", "to": f"n{place + 5}", "branch": "next"} for place in range(STEPS - 5)
    ]
    graph = {"nodes": nodes, "edges": edges}
    return Campaign.objects.create(name="Large", owner=alice, graph=graph)


@pytest.mark.parametrize("whole", [False, True])
def test_a_drag_renders_few_steps_a_frame(open_page: Any, campaign: Campaign, whole: bool):
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector("[data-step=n2]")
    if whole:
        page.keyboard.press("0")
        page.wait_for_selector("[data-step=n199]")
    page.evaluate(COUNT)
    page.evaluate(DRAWN)
    box = page.locator("[data-step=n2]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("window.frames_.length = 0")
    page.mouse.move(x + 60, y + 30, steps=20)
    page.evaluate(DRAWN)
    frames = page.evaluate("window.frames_")
    page.mouse.up()
    page.wait_for_selector("[data-saving=saved]")
    # Something was counted at all, and it was little.
    assert 0 < max(frames) < MOST, frames
    campaign.refresh_from_db()
    moved = {step["id"]: step["position"] for step in campaign.graph["nodes"]}
    assert moved["n2"] != {"x": 600, "y": 140}
