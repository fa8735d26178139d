// What one types, key by key, as the fields of the panel and the writer hand it over: nothing else is touched.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as patching from "../../../frontend/src/design/patching.ts";
import { decoded, inner, own, read } from "../../../frontend/src/design/reading.ts";

const page = (...parts) => `<mjml><mj-body><mj-section><mj-column>\n${parts.join("\n")}\n</mj-column></mj-section></mj-body></mjml>`;
const NEXT = [
  '<mj-button href="{{ event.url }}">Go</mj-button>',
  "<mj-raw><!-- mine --></mj-raw>",
  "{% if contact.city %}<mj-text>Hello {{ contact.first_name }}</mj-text>{% endif %}",
];

/** Type into a field: what the source does not take stays in the field. */
function typed(source, keys, path, put) {
  let field = "";
  let now = source;
  for (const key of keys) {
    field += key;
    now = put(read(now), path, field)?.source ?? now;
    for (const kept of NEXT) {
      assert.ok(now.includes(kept), `after ${JSON.stringify(field)}: ${now}`);
    }
    assert.equal(read(now).blocks.size, read(source).blocks.size, field);
  }
  return now;
}

const TYPED = [
  'Dear {{ contact.first_name|default("friend") }}!',
  "{% if contact.points > 3 %}Yes{% else %}No{% endif %}",
  "{{ contact.first_name|default('}}') }}",
  "a <!-- aside --> b",
  "<b>5 &lt; 6</b> & more",
];

for (const words of TYPED) {
  test(`content: ${words}`, () => {
    const source = page("<mj-text>x</mj-text>", ...NEXT);
    const now = typed(source, words, "b-0-0-0", patching.withContent);
    assert.equal(now, page(`<mj-text>${words}</mj-text>`, ...NEXT));
  });
}

test("an end of its own element, or a beginning, stays in the field", () => {
  const source = page("<mj-text>x</mj-text>", ...NEXT);
  const now = typed(source, "y</mj-text><mj-text>z", "b-0-0-0", patching.withContent);
  assert.equal(now, page("<mj-text>y</m</mj-text>", ...NEXT));
});

test("an address with a personal value", () => {
  const source = page('<mj-image src="x" href="y" />', ...NEXT);
  const put = (tree, path, href) => patching.withAttributes(tree, path, { href });
  const words = 'https://example.com/{{ contact.city|default("a > b") }}?a=1&b={{ event.id }}';
  const now = typed(source, words, "b-0-0-0", put);
  assert.equal(own(read(now).blocks.get("b-0-0-0"), "href"), words);
  assert.equal(now, page(`<mj-image src="x" href="${words.replace("&b", "&amp;b")}" />`, ...NEXT));
});

test("what was never closed does not swallow the blocks after it", () => {
  for (const open of ["{{ contact.", "{% if x", "<!-- ", "{{ don't", '{{ "']) {
    const tree = read(page(`<mj-text>${open}</mj-text>`, ...NEXT));
    assert.deepEqual(tree.body.children[0].children[0].children.map((child) => child.name), ["mj-text", "mj-button", "mj-raw", "mj-text"], open);
    assert.equal(inner(tree, tree.blocks.get("b-0-0-0")), open);
  }
});

test("a comment of one block may end in another", () => {
  const raw = ["<mj-raw><!--[if mso]><table><tr><td></mj-raw>", "<mj-section><mj-column><mj-text>In</mj-text></mj-column></mj-section>", "<mj-raw></td></tr></table><![endif]--></mj-raw>"];
  const source = `<mjml><mj-body>${raw.join("\n")}</mj-body></mjml>`;
  assert.deepEqual(read(source).body.children.map((child) => child.name), ["mj-raw", "mj-section", "mj-raw"]);
  assert.equal(patching.removed(read(source), "b-0").source, `<mjml><mj-body>${raw[1]}\n${raw[2]}</mj-body></mjml>`.replace("<mj-body>", "<mj-body>\n"));
});

test("only what changed of a value is written anew", () => {
  const raw = "?a=1&amp;copy;=2&b=&#x41;";
  const source = page(`<mj-image src="${raw}" />`);
  const of = (text) => own(read(text).blocks.get("b-0-0-0"), "src");
  const put = (text, src) => patching.withAttributes(read(text), "b-0-0-0", { src }).source;
  assert.equal(of(source), "?a=1&copy;=2&b=&#x41;");
  const longer = put(source, `${of(source)}x`);
  assert.equal(longer, source.replace(raw, `${raw}x`));
  assert.equal(put(longer, of(source)), source);
  assert.equal(put(source, of(source).replace("=2", '=2&"{{ x|default("&") }}"')), source.replace("=2", '=2&amp;&quot;{{ x|default("&") }}&quot;'));
  const button = page("<mj-button>A &amp;nbsp; b &nbsp; c</mj-button>");
  const words = decoded(inner(read(button), read(button).blocks.get("b-0-0-0")));
  assert.equal(patching.withWords(read(button), "b-0-0-0", `${words} d <`).source, button.replace(" c<", " c d &lt;<"));
});

test("a comment that ends in another block can be changed", () => {
  const source = page("<mj-raw><!--[if mso]><table></mj-raw>", ...NEXT, "<mj-raw></table><![endif]--></mj-raw>");
  const change = (text) => patching.withContent(read(source), "b-0-0-0", text);
  assert.equal(change('<!--[if mso]><table class="x">').source, source.replace("<table>", '<table class="x">'));
  assert.equal(change("<!--[if mso]><table></mj-raw><mj-raw>"), null);
});
