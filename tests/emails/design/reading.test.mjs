// Faulty documents are read as far as they go, and changed in place.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as patching from "../../../frontend/src/design/patching.ts";
import { condition } from "../../../frontend/src/design/places.ts";
import { around, decoded, encoded, inherited, inner, own, read } from "../../../frontend/src/design/reading.ts";
import { HOSTILE } from "./hostile.mjs";

test("faulty documents are read as far as they go", () => {
  const tree = read(HOSTILE);
  const [first, second] = tree.body.children;
  assert.deepEqual(first.children[0].children.map((child) => child.name), ["mj-image", "mj-text", "mj-unknown", "mj-button"]);
  const [image, text, , button] = first.children[0].children;
  assert.equal(own(image, "src"), "x.png?a=1&b=2");
  assert.equal(own(image, "alt"), 'say "hé"');
  assert.equal(own(button, "href"), '{{ event.url|default("https://x/?a=1&b=2") }}');
  assert.equal(inherited(tree, text, "font-size"), "30px");
  assert.equal(inherited(tree, text, "color"), "red");
  assert.equal(inherited(tree, image, "padding"), "1px");
  assert.match(inner(tree, text), /5 < 6/);
  assert.equal(second.children[0].children[0].name, "mj-text");
  assert.equal(condition(tree, first), 'if contact.points > 3 and contact.city != "<mj-section>"');
  assert.equal(around(tree, HOSTILE.indexOf("5 < 6")), text);
  for (const odd of ["", "<mjml>", "</mj-text><mj-body>", "<mj-body", "<mjml><mj-body/></mjml>"]) {
    assert.ok(read(odd).blocks.size <= 1);
  }
});

test("a statement around one element goes with it", () => {
  const tree = read(HOSTILE.replace("last", "last</mj-text></mj-column></mj-section></mj-body></MJML>"));
  const gone = patching.removed(tree, "b-0");
  assert.ok(!gone.source.includes("{% if") && !gone.source.includes("{% endif"));
  const down = patching.moved(tree, "b-0", "b", 2);
  assert.equal(down.path, "b-1");
  assert.ok(down.source.indexOf("last") < down.source.indexOf("{% if") && down.source.includes("{% endif %}"));
});

test("new elements stand where they were put", () => {
  const source = "<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column />\n    </mj-section>\n  </mj-body>\n</mjml>\n";
  const first = patching.inserted(read(source), "b-0-0", 0, "<mj-text>\n  One\n</mj-text>");
  assert.equal(first.path, "b-0-0-0");
  assert.match(first.source, /\n      <mj-column>\n        <mj-text>\n          One\n        <\/mj-text>\n      <\/mj-column>\n/);
  const second = patching.inserted(read(first.source), "b-0-0", 0, "<mj-divider />");
  assert.equal(second.path, "b-0-0-0");
  assert.equal(read(second.source).blocks.get("b-0-0-1").name, "mj-text");
  const third = patching.inserted(read(second.source), "b", 1, "<mj-section><mj-column></mj-column></mj-section>");
  assert.equal(third.path, "b-1");
  const empty = patching.removed(read(first.source), "b-0-0-0");
  assert.equal(empty.path, "b-0-0");
  assert.equal(patching.moved(read(third.source), "b-0", "b-0-0", 0), null);
});

test("values keep their template tags", () => {
  const value = '{{ a|default("x & y") }}?q="1"&r=<2>';
  assert.equal(encoded(value), '{{ a|default("x & y") }}?q=&quot;1&quot;&amp;r=&lt;2>');
  assert.equal(decoded(encoded(value)), value);
});
