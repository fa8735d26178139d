// Run by tests/emails/test_the_design_keeps_documents.py: every template of the shared set, read and written.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as patching from "../../../frontend/src/design/patching.ts";
import { unit } from "../../../frontend/src/design/places.ts";
import { own, read } from "../../../frontend/src/design/reading.ts";
import { HOSTILE } from "./hostile.mjs";

const files = (process.env.TEMPLATES ?? "").split("\n").filter(Boolean);
const documents = files.map((name) => [name, readFileSync(name, "utf8")]);
const all = [...documents, ["hostile", HOSTILE]];
// Documents have hundreds of blocks; a dozen of each will do where each is read again.
const some = (blocks) => blocks.filter((_, index) => index < 8 || index % 9 === 0);
const blocksOf = (source) => [...read(source).blocks.values()];

test("every template is read", () => {
  assert.ok(documents.length > 60, `${documents.length} templates`);
  for (const [name, source] of documents) {
    // Those of mj-attributes and of what holds no MJML are no blocks.
    const bare = source.replace(/<!--[^]*?-->/g, "").replace(/<(mj-raw|mj-attributes|mj-style|mj-html-attributes)\b[^>]*>[^]*?<\/\1\s*>/g, "");
    const tags = bare.match(/<mj-(section|text|image|button|column)\b/g) ?? [];
    const found = blocksOf(source).filter((block) => /^mj-(section|text|image|button|column)$/.test(block.name));
    const wanted = read(source).body ? tags : [];
    assert.deepEqual(found.map((block) => block.name), wanted.map((tag) => tag.slice(1)), name);
    for (const block of blocksOf(source)) {
      const text = source.slice(block.from, block.to);
      assert.ok(text.toLowerCase().startsWith(`<${block.name}`), `${name}: ${block.path}`);
      assert.ok(block.alone ? text.endsWith("/>") : /<\/[^<]*>$/.test(text), `${name}: ${block.path} ${text.slice(-20)}`);
    }
  }
});

test("setting an attribute to what it is changes nothing", () => {
  for (const [name, source] of all) {
    for (const block of blocksOf(source)) {
      const values = Object.fromEntries(block.attributes.map((attribute) => [attribute.name, attribute.value]));
      assert.equal(patching.withAttributes(read(source), block.path, values), null, `${name}: ${block.path}`);
    }
  }
});

test("setting an attribute there and back leaves every byte", () => {
  for (const [name, source] of all) {
    for (const block of some(blocksOf(source))) {
      const before = own(block, "padding") ?? "";
      const there = patching.withAttributes(read(source), block.path, { padding: '3px & "4px"' });
      const changed = read(there.source).blocks.get(block.path);
      assert.equal(own(changed, "padding"), '3px & "4px"', name);
      assert.equal(changed.children.length, block.children.length);
      const back = patching.withAttributes(read(there.source), block.path, { padding: before });
      assert.equal(back.source, source, `${name}: ${block.path}`);
    }
  }
});

test("a copy taken away again leaves every byte", () => {
  for (const [name, source] of all) {
    const whole = (block) => block.path !== "b" && block.to < source.length;
    for (const block of some(blocksOf(source).filter(whole))) {
      const copied = patching.duplicated(read(source), block.path);
      const there = read(copied.source);
      assert.equal(there.blocks.size > blocksOf(source).length, true, `${name}: ${block.path}`);
      assert.equal(there.blocks.get(copied.path)?.name, block.name, `${name}: ${block.path} ${copied.path}`);
      assert.equal(patching.removed(there, copied.path).source, source, `${name}: ${block.path}`);
    }
  }
});

test("moving keeps what is moved, and what is not", () => {
  for (const [name, source] of documents) {
    const tree = read(source);
    for (const block of some([...tree.blocks.values()])) {
      const siblings = block.parent && block.path !== "b" ? block.parent.children : [];
      const here = siblings.indexOf(block);
      if (here < 0 || here + 1 >= siblings.length) {
        continue;
      }
      const down = patching.moved(tree, block.path, block.parent.path, here + 2);
      const after = read(down.source);
      assert.equal(after.blocks.size, tree.blocks.size, `${name}: ${block.path}`);
      const found = after.blocks.get(down.path);
      assert.equal(after.source.slice(found.from, found.to), source.slice(block.from, block.to), `${name}: ${block.path}`);
      // All the rest stands in its order, but for margins.
      const rest = (text, piece, from) => (text.slice(0, text.indexOf(piece, from)) + text.slice(text.indexOf(piece, from) + piece.length)).replace(/\s/g, "");
      const { from, to } = unit(tree, block);
      const piece = source.slice(from, to);
      assert.equal(rest(down.source, piece, from), rest(source, piece, from), `${name}: ${block.path}`);
      assert.equal(after.blocks.get(`${block.parent.path}-${here + 1}`), found, `${name}: ${block.path}`);
    }
  }
});

test("marks keep the lines", () => {
  for (const [name, source] of all) {
    const tree = read(source);
    const marked = patching.marked(tree);
    assert.equal(marked.split("\n").length, source.split("\n").length, name);
    const section = read(marked).blocks.get("b-0");
    assert.ok(section?.name !== "mj-section" || own(section, "css-class").split(" ").includes("relais-b-0"), name);
  }
});
