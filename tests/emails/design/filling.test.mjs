// What an image of the library sets of a block, and what it leaves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesOf } from "../../../frontend/src/design/filling.ts";
import * as patching from "../../../frontend/src/design/patching.ts";
import { read } from "../../../frontend/src/design/reading.ts";

const WIDE = { name: "Harbour", alt: 'Ships & "boats"', width: 3000, height: 1500, url: "https://r.example/m/1.jpg" };
const LOGO = { name: "Logo", alt: "", width: 200, height: 50, url: "https://r.example/m/2.png" };
const PAGE = (image) => `<mjml><mj-body>\n  <mj-section><mj-column>${image}</mj-column></mj-section>\n</mj-body></mjml>\n`;
const HERO = `<mjml><mj-body><mj-hero background-width="1px">\r\n<mj-text>é  </mj-text></mj-hero></mj-body></mjml>`;

function put(source, path, name, picture, former) {
  const tree = read(source);
  return patching.withAttributes(tree, path, valuesOf(tree.blocks.get(path), name, picture, former))?.source ?? source;
}

const image = (source, picture, former) => put(PAGE(source), "b-0-0-0", "src", picture, former);

test("an image brings its address, and its description where there is none", () => {
  assert.equal(image('<mj-image src="" />', WIDE), PAGE('<mj-image src="https://r.example/m/1.jpg" alt="Ships &amp; &quot;boats&quot;" />'));
  for (const alt of ["Mine", ""]) {
    assert.equal(image(`<mj-image alt="${alt}" src='' href="#"/>`, WIDE), PAGE(`<mj-image alt="${alt}" src='https://r.example/m/1.jpg' href="#"/>`));
  }
});

test("a small one is as wide as it is, unless somebody said how wide", () => {
  assert.equal(image('<mj-image src="x" />', LOGO), PAGE('<mj-image src="https://r.example/m/2.png" width="200px" />'));
  assert.equal(image('<mj-image src="x" width="90px" />', LOGO), PAGE('<mj-image src="https://r.example/m/2.png" width="90px" />'));
});

test("what came with the former image goes with it", () => {
  const first = image('<mj-image src="" />', LOGO).split("<mj-column>")[1].split("</mj-column>")[0];
  const second = image(first, WIDE, LOGO);
  assert.ok(!second.includes("width=") && second.includes('alt="Ships &amp;'));
  const back = image(second.split("<mj-column>")[1].split("</mj-column>")[0], LOGO, WIDE);
  assert.ok(!back.includes("alt=") && back.includes('width="200px"'));
});

test("the background of a banner has the size that Outlook needs", () => {
  const made = put(HERO, "b-0", "background-url", WIDE);
  assert.ok(made.includes('background-width="600px"') && made.includes('background-height="300px"'));
  assert.ok(made.includes('background-url="https://r.example/m/1.jpg"'));
  assert.ok(made.endsWith(">\r\n<mj-text>é  </mj-text></mj-hero></mj-body></mjml>"));
});

test("a background of a section is its address alone", () => {
  const tree = read(PAGE(""));
  assert.deepEqual(valuesOf(tree.blocks.get("b-0"), "background-url", WIDE), { "background-url": WIDE.url });
});
