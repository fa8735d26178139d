// Statements between blocks: nothing gets into a condition, or out of it, but by a step of its own, and each is named.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as patching from "../../../frontend/src/design/patching.ts";
import { condition, gapBefore } from "../../../frontend/src/design/places.ts";
import { inner, read } from "../../../frontend/src/design/reading.ts";
import { stepFrom } from "../../../frontend/src/design/stepping.ts";

const text = (words) => `<mj-text>${words}</mj-text>`;
const page = (parts) => `<mjml><mj-body><mj-section><mj-column>${parts}</mj-column></mj-section></mj-body></mjml>`;
const COLUMN = "b-0-0";
/** Words and statements alone, as they stand. */
const said = (source) => source.replace(/<[^>]*>/g, "").replace(/\s+/g, "").replace(/\{%\s*/g, "[").replace(/\s*%\}/g, "]");
const GROUP = page(`{% if a %}${text(1)}{% else %}${text(2)}{% endif %}${text(3)}`);
const SPLIT = page(`
  {% if a %}
    ${text(1)}
  {% elif b %}
    ${text(2)}
    ${text(3)}
  {% endif %}
  ${text(4)}
`);

/** Step until it goes no further; each place it was at. */
function walk(source, words, by) {
  const seen = [];
  let tree = read(source);
  for (let step = 0; step < 20; step += 1) {
    const block = [...tree.blocks.values()].find((each) => each.name === "mj-text" && inner(tree, each) === String(words));
    const to = stepFrom(tree, block, by);
    const moved = to && patching.moved(tree, block.path, COLUMN, to.index, to.slot);
    if (!moved) {
      return seen;
    }
    tree = read(moved.source);
    seen.push(said(moved.source));
  }
  return seen;
}

test("every block inside a condition says so", () => {
  const tree = read(SPLIT);
  const conditions = tree.blocks.get(COLUMN).children.map((block) => condition(tree, block));
  assert.deepEqual(conditions, ["if a", "if a … elif b", "if a … elif b", ""]);
  const nested = read(page(`{% for x in y %}{% if a %}${text(1)}{% endif %}${text(2)}{% endfor %}<!-- {% if no %} -->${text(3)}`));
  assert.deepEqual(nested.blocks.get(COLUMN).children.map((block) => condition(nested, block)), ["for x in y · if a", "for x in y", ""]);
});

test("upwards, the end of a group comes before what is in it", () => {
  assert.deepEqual(walk(GROUP, 3, -1), ["[ifa]1[else]23[endif]", "[ifa]1[else]32[endif]", "[ifa]13[else]2[endif]", "[ifa]31[else]2[endif]", "3[ifa]1[else]2[endif]"]);
});

test("downwards as well", () => {
  assert.deepEqual(walk(GROUP, 1, 1), ["[ifa][else]12[endif]3", "[ifa][else]21[endif]3", "[ifa][else]2[endif]13", "[ifa][else]2[endif]31"]);
  assert.deepEqual(walk(SPLIT, 1, 1).at(-1), "[ifa][elifb]23[endif]41");
});

test("both sides of an end are offered", () => {
  const tree = read(GROUP);
  const column = tree.blocks.get(COLUMN);
  assert.deepEqual([0, 1, 2, 3].map((index) => gapBefore(tree, column, index).map(({ words }) => words)), [["if a"], ["else"], ["endif"], []]);
  const put = (index, slot) => said(patching.inserted(tree, COLUMN, index, text("N"), slot).source);
  assert.equal(put(0, 0), "N[ifa]1[else]2[endif]3");
  assert.equal(put(0, 1), "[ifa]N1[else]2[endif]3");
  assert.equal(put(2, 0), "[ifa]1[else]2N[endif]3");
  assert.equal(put(2, Infinity), "[ifa]1[else]2[endif]N3");
  const last = read(page(`{% if a %}${text(1)}${text(2)}{% endif %}`));
  assert.equal(said(patching.inserted(last, COLUMN, 2, text("N"), Infinity).source), "[ifa]12[endif]N");
});

test("lines and margins stay when a statement is passed", () => {
  const moved = patching.moved(read(SPLIT), "b-0-0-3", COLUMN, 3, 0);
  assert.equal(moved.source, SPLIT.replace(`\n  ${text(4)}`, "").replace(text(3), `${text(3)}\n    ${text(4)}`));
  assert.equal(patching.moved(read(moved.source), "b-0-0-3", COLUMN, 4, 1).source, SPLIT);
});

test("a condition around one block still goes with it", () => {
  const source = page(`{% if a %}${text(1)}{% endif %}${text(2)}`);
  assert.deepEqual(walk(source, 1, 1), ["2[ifa]1[endif]"]);
  assert.deepEqual(walk(source, 2, -1), ["2[ifa]1[endif]"]);
});
