// What the panel sets beside plain attributes: spacings by side, rules in the head; and which block is which after a change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mapped } from "../../../frontend/src/design/mapping.ts";
import * as patching from "../../../frontend/src/design/patching.ts";
import { read } from "../../../frontend/src/design/reading.ts";
import { HOVER, hoverRule, withClass } from "../../../frontend/src/design/rules.ts";
import { sidesOf, stated } from "../../../frontend/src/design/sides.ts";

const NONE = { "padding-top": "", "padding-right": "", "padding-bottom": "", "padding-left": "" };

test("a side that is emptied stays empty, and all of them leave nothing", () => {
  const usual = sidesOf("10px 25px");
  assert.deepEqual(stated("padding", ["4px", "4px", "4px", "4px"], usual), { padding: "4px", ...NONE });
  assert.deepEqual(stated("padding", sidesOf("1px 2px"), usual), { padding: "1px 2px", ...NONE });
  assert.deepEqual(stated("padding", ["", "", "", "5px"], usual), { padding: "", ...NONE, "padding-left": "5px" });
  assert.deepEqual(stated("padding", ["", "", "", ""], usual), { padding: "", ...NONE });
  assert.equal(stated("inner-padding", ["3px", "", "", ""], usual)["inner-padding"], "3px 25px 10px 25px");
});

const BUTTONS = `<mjml>
  <mj-head>
    <mj-style>.mine { color: red }</mj-style>
  </mj-head>
  <mj-body><mj-section><mj-column><mj-button css-class="big">A</mj-button><mj-button>B</mj-button></mj-column></mj-section></mj-body>
</mjml>`;
const hover = (source, path, hex) => withClass(read(source), path, HOVER, hex && `hover-${hex}`, hex && hoverRule(hex)).source;

test("a colour under the pointer has one rule, and leaves none behind", () => {
  const first = hover(BUTTONS, "b-0-0-0", "112233");
  assert.match(first, /css-class="big hover-112233"/);
  const second = hover(hover(first, "b-0-0-0", "445566"), "b-0-0-1", "445566");
  assert.equal(second.match(/<mj-style>/g).length, 2);
  assert.ok(second.includes(hoverRule("445566")) && !second.includes(hoverRule("112233")));
  const one = hover(second, "b-0-0-0", "");
  assert.ok(one.includes(hoverRule("445566")) && one.includes(">A<"));
  assert.equal(hover(one, "b-0-0-1", ""), BUTTONS);
});

const TEXTS = `<mjml><mj-body><mj-section><mj-column><mj-text>A</mj-text><mj-text>B</mj-text><mj-image src="c" /></mj-column></mj-section></mj-body></mjml>`;

test("a block of the canvas is the same block after a change beside it", () => {
  const tree = read(TEXTS);
  const links = (changed) => Object.fromEntries(mapped(tree, read(changed.source)));
  const within = links(patching.withContent(tree, "b-0-0-1", "Longer"));
  assert.deepEqual(within, Object.fromEntries([...tree.blocks.keys()].map((path) => [path, path])));
  const before = links(patching.inserted(tree, "b-0-0", 0, "<mj-divider />"));
  assert.deepEqual([before["b-0-0"], before["b-0-0-0"], before["b-0-0-2"]], ["b-0-0", "b-0-0-1", "b-0-0-3"]);
  const gone = links(patching.removed(tree, "b-0-0-0"));
  assert.equal(gone["b-0-0-2"], "b-0-0-1");
  assert.equal(gone["b-0-0-0"], undefined);
  // Of two that changed places nobody says which is which; no other is taken for them.
  const turned = links(patching.moved(tree, "b-0-0-0", "b-0-0", 2));
  assert.deepEqual([turned["b-0-0-0"], turned["b-0-0-2"]], [undefined, "b-0-0-2"]);
  assert.ok([undefined, "b-0-0-0"].includes(turned["b-0-0-1"]));
  assert.equal(mapped(tree, read("")).size, 0);
});
