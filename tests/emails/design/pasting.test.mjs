// What is pasted stands where one expects it, and looks as it did.
import assert from "node:assert/strict";
import { test } from "node:test";
import { after, withPiece } from "../../../frontend/src/design/landing.ts";
import { copied, pieceOf } from "../../../frontend/src/design/pieces.ts";
import { read } from "../../../frontend/src/design/reading.ts";
import { HIDES, hoverRule } from "../../../frontend/src/design/rules.ts";

const page = (...parts) => `<mjml>\n  <mj-body>\n    ${parts.join("\n    ")}\n  </mj-body>\n</mjml>`;
const column = (words) => `<mj-column><mj-text>${words}</mj-text></mj-column>`;
const HERO = "<mj-hero><mj-text>Hero</mj-text></mj-hero>";
const WRAPPER = `<mj-wrapper><mj-section>${column("W")}</mj-section></mj-wrapper>`;
const LAST = `<mj-section>${column("Last")}</mj-section>`;

/** Paste into what is selected: the source, and what is selected then. */
function pasted(source, selected, text) {
  const made = withPiece(read(source), selected, pieceOf(text));
  const tree = read(made.source);
  const { from, to } = tree.blocks.get(made.path);
  assert.equal(made.source.slice(from, to), text.replace(/^\{%[^]*?%\}|\{%[^{]*%\}$/g, ""), selected);
  return made.source;
}

const around = (text) => `<mj-section background-color="#ffffff">\n      ${text}\n    </mj-section>`;

const COLUMNS = [
  // A section, a group: at their end; a column, or what stands in it: beside it.
  ["section", page(`<mj-section>${column("A")}</mj-section>`, LAST), "b-0", (text) => page(`<mj-section>${column("A")}${text}</mj-section>`, LAST)],
  ["empty section", page("<mj-section></mj-section>", LAST), "b-0", (text) => page(`<mj-section>\n      ${text}\n    </mj-section>`, LAST)],
  ["group", page(`<mj-section><mj-group>${column("A")}</mj-group></mj-section>`, LAST), "b-0-0", (text) => page(`<mj-section><mj-group>${column("A")}${text}</mj-group></mj-section>`, LAST)],
  ["column", page(`<mj-section>${column("A")}${column("B")}</mj-section>`), "b-0-0", (text) => page(`<mj-section>${column("A")}${text}${column("B")}</mj-section>`)],
  ["text", page(`<mj-section>${column("A")}${column("B")}</mj-section>`), "b-0-0-0", (text) => page(`<mj-section>${column("A")}${text}${column("B")}</mj-section>`)],
  // What can hold none, or holds none beside it: a section of its own, right after.
  ["hero", page(HERO, LAST), "b-0", (text) => page(HERO, around(text), LAST)],
  ["text in a hero", page(HERO, LAST), "b-0-0", (text) => page(HERO, around(text), LAST)],
  ["wrapper", page(WRAPPER, LAST), "b-0", (text) => page(WRAPPER, around(text), LAST)],
  ["section in a wrapper", page(WRAPPER, LAST), "b-0-0", (text) => page(WRAPPER.replace("</mj-section>", `${text}</mj-section>`), LAST)],
  ["body", page(HERO, LAST), "b", (text) => page(HERO, LAST, around(text))],
  ["nothing", page(HERO, LAST), "", (text) => page(HERO, LAST, around(text))],
];

for (const [name, source, selected, expected] of COLUMNS) {
  test(`a column is pasted at: ${name}`, () => {
    assert.equal(pasted(source, selected, column("New")), expected(column("New")));
  });
}

test("a group is pasted beside a group, never in it", () => {
  const group = `<mj-group>${column("A")}</mj-group>`;
  for (const selected of ["b-0-0", "b-0-0-0", "b-0-0-0-0"]) {
    assert.equal(pasted(page(`<mj-section>${group}</mj-section>`), selected, group), page(`<mj-section>${group}${group}</mj-section>`));
  }
});

test("a text finds a column, or gets one right after what is selected", () => {
  const text = "<mj-text>New</mj-text>";
  assert.equal(pasted(page(LAST), "b-0", text), page(LAST.replace("</mj-column>", `${text}</mj-column>`)));
  const bare = pasted(page("<mj-section></mj-section>", LAST), "b-0", text);
  assert.ok(bare.indexOf("New") < bare.indexOf("Last"), bare);
  assert.equal(after(read("<mjml></mjml>"), "leaf", ""), null);
});

const HOVERS = '<mj-button css-class="mine hover-112233 hide-on-phone">Go</mj-button>';

test("what hides or colours a block comes with it, once", () => {
  for (const [source, selected] of [[page(LAST), "b-0"], [page(LAST).replace("  <mj-body>", "  <mj-head></mj-head>\n  <mj-body>"), "b-0"]]) {
    const once = pasted(source, selected, HOVERS);
    for (const rule of [HIDES["hide-on-phone"], hoverRule("112233")]) {
      assert.equal(once.split(`<mj-style>${rule}</mj-style>`).length, 2, once);
    }
    assert.ok(!once.includes(HIDES["hide-on-desktop"]));
    const twice = pasted(once, selected, HOVERS);
    assert.equal(twice.match(/<mj-style>/g).length, 2);
  }
});

test("what stands inside of what is pasted brings its rules, too, from one email to another", () => {
  const from = page(`<mj-section css-class="hide-on-desktop">${column("A").replace("<mj-text", '<mj-text css-class="hide-on-phone"')}</mj-section>`);
  const made = pasted(page(LAST), "b-0", copied(read(from), "b-0"));
  assert.ok(Object.values(HIDES).every((rule) => made.includes(`<mj-style>${rule}</mj-style>`)), made);
  assert.ok(!pasted(page(LAST), "b-0", '<mj-text css-class="constructor mine">A</mj-text>').includes("<mj-style>"));
});
