// Blocks as text, columns of a section, and what the head says of the whole email.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LAYOUTS, widthsOf, withColumns } from "../../../frontend/src/design/columns.ts";
import { copied, pieceOf } from "../../../frontend/src/design/pieces.ts";
import { read } from "../../../frontend/src/design/reading.ts";
import { lookOf, withLook } from "../../../frontend/src/design/rules.ts";
import { HOSTILE } from "./hostile.mjs";

const files = (process.env.TEMPLATES ?? "").split("\n").filter(Boolean);
const all = [...files.map((name) => [name, readFileSync(name, "utf8")]), ["hostile", HOSTILE]];
const blocksOf = (source) => [...read(source).blocks.values()];

const PAGE = `<mjml>
  <mj-body>
    <mj-section>
      <mj-column width="40%">
        <!-- mine -->
        <mj-text>A</mj-text>
      </mj-column>
      <mj-column>
        {% if contact.city %}
        <mj-text>B</mj-text>
        {% endif %}
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;

test("what is copied of any template is one whole block when it is pasted", () => {
  let known = 0;
  for (const [name, source] of all) {
    for (const block of blocksOf(source).filter((each, index) => each.path !== "b" && (index < 8 || index % 9 === 0))) {
      const piece = pieceOf(copied(read(source), block.path));
      if (piece) {
        known += 1;
        assert.equal(piece.name, block.name, `${name}: ${block.path}`);
      }
    }
  }
  assert.ok(known > 300, `${known} blocks`);
});

test("a block is copied with its own condition and without its margin", () => {
  assert.equal(copied(read(PAGE), "b-0-1-0"), "{% if contact.city %}\n<mj-text>B</mj-text>\n{% endif %}");
  assert.equal(copied(read(PAGE), "b-0-0"), '<mj-column width="40%">\n  <!-- mine -->\n  <mj-text>A</mj-text>\n</mj-column>');
  assert.equal(copied(read(PAGE), "b"), "");
});

test("what is no whole block is not pasted", () => {
  const refused = [
    "words", "<p>words</p>", "<mj-text>a", "<mj-text>a</mj-text>b", "<mj-text>a</mj-text><mj-text>b</mj-text>", "<mj-head></mj-head>",
    "<mj-text>{{ a</mj-text>", "{% if a %}<mj-text>a</mj-text>", "<mj-text>a</mj-text></mj-body>", "<mj-text>a</mj-text></mj-column><mj-column>", "",
    "<mj-section><mj-column></mj-section>", "<mj-text><!-- a</mj-text>",
  ];
  for (const text of refused) {
    assert.equal(pieceOf(text), null, text);
  }
  assert.equal(pieceOf(" <mj-image src='a' />\r\n").text, "<mj-image src='a' />");
});

test("another number of columns keeps what stood in them", () => {
  const three = withColumns(read(PAGE), "b-0", ["", "", ""], "<mj-text>N</mj-text>").source;
  assert.deepEqual(widthsOf(read(three), read(three).blocks.get("b-0")), ["", "", ""]);
  assert.ok(three.includes("\n      <mj-column>\n        <mj-text>N</mj-text>\n      </mj-column>\n    </mj-section>"));
  const one = withColumns(read(PAGE), "b-0", [""], "").source;
  assert.equal(one, PAGE.replace(' width="40%"', "").replace("\n      </mj-column>\n      <mj-column>", ""));
  assert.equal(withColumns(read(PAGE), "b-0", ["40%", ""], ""), null);
  assert.equal(widthsOf(read("<mjml><mj-body><mj-section>{% if a %}<mj-column/>{% endif %}<mj-group/></mj-section></mj-body></mjml>"), { ...read("<mjml><mj-body><mj-section><mj-group/></mj-section></mj-body></mjml>").blocks.get("b-0") }), null);
});

test("columns of every template can be any, and no block is lost", () => {
  let laid = 0;
  for (const [name, source] of all) {
    for (const block of blocksOf(source).filter((each) => each.name === "mj-section").slice(0, 4)) {
      for (const layout of LAYOUTS) {
        const made = withColumns(read(source), block.path, layout, "<mj-text>N</mj-text>");
        if (!made) {
          continue;
        }
        laid += 1;
        assert.deepEqual(widthsOf(read(made.source), read(made.source).blocks.get(block.path)), layout, name);
        const leaves = (text) => blocksOf(text).filter((each) => each.name !== "mj-column").length;
        const more = Math.max(layout.length - block.children.length, 0);
        assert.equal(leaves(made.source), leaves(source) + more, `${name}: ${block.path} ${layout}`);
      }
    }
  }
  assert.ok(laid > 300, `${laid} layouts`);
});

test("columns under a condition or in a loop stay: what they hold is for those they are for", () => {
  const column = (text) => `<mj-column><mj-text>${text}</mj-text></mj-column>`;
  const vip = `{% if contact.vip %}${column("VIP")}{% endif %}`;
  const each = `{% for i in items %}${column("{{ i.name }}")}{% endfor %}`;
  for (const inside of [column("All") + vip, vip + column("All"), column("All") + each, each + column("All"), vip + each, vip]) {
    const tree = read(`<mjml><mj-body><mj-section>${inside}</mj-section></mj-body></mjml>`);
    assert.equal(widthsOf(tree, tree.blocks.get("b-0")), null, inside);
    for (const layout of LAYOUTS) {
      assert.equal(withColumns(tree, "b-0", layout, "<mj-text>N</mj-text>"), null, `${inside} ${layout}`);
    }
  }
});

test("what goes into another column keeps its white space", () => {
  const text = (margin) => `\n${margin}<mj-text><pre>\n a\n   b</pre></mj-text>\n{% if c %}<mj-text>C</mj-text>{% endif %}`;
  const two = `<mjml><mj-body><mj-section><mj-column />\n<mj-column>${text("    ")}\n</mj-column></mj-section></mj-body></mjml>`;
  const one = withColumns(read(two), "b-0", [""], "").source;
  assert.equal(one, `<mjml><mj-body><mj-section><mj-column>${text("    ")}</mj-column>\n</mj-section></mj-body></mjml>`);
});

test("what holds of the whole email is said in the head, and taken back", () => {
  for (const [name, source] of all.filter(([, text]) => read(text).body)) {
    const made = withLook(read(source), "mj-text", "font-size", "17px").source;
    assert.equal(lookOf(read(made), "mj-text", "font-size"), "17px", name);
    const bodies = (text) => text.slice(read(text).body.from);
    assert.equal(bodies(made), bodies(source), name);
  }
  const made = withLook(read(PAGE), "mj-all", "font-family", "Georgia, serif").source;
  assert.equal(made, PAGE.replace("  <mj-body>", '  <mj-head>\n    <mj-attributes>\n      <mj-all font-family="Georgia, serif" />\n    </mj-attributes>\n  </mj-head>\n  <mj-body>'));
  const two = withLook(read(made), "mj-text", "color", "#123456").source;
  assert.equal(two, made.replace(" />\n", ' />\n      <mj-text color="#123456" />\n'));
  assert.equal(lookOf(read(withLook(read(two), "mj-text", "color", "").source), "mj-text", "color"), "");
  assert.equal(withLook(read(two), "mj-text", "color", "{{ a"), null);
  assert.equal(withLook(read(PAGE), "mj-text", "color", ""), null);
});
