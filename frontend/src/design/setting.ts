// What the panel sets: attributes, contents, and the rules in the head that some of them need.
import { HIDES, sample } from "./catalogue";
import { withColumns } from "./columns";
import * as patching from "./patching";
import { type Block, decoded, inherited, inner, own, type Tree } from "./reading";
import { HOVER, hoverRule, lookOf, withClass, withLook } from "./rules";
import { SIDES, sidesOf, stated } from "./sides";
import * as store from "./store";

export function valueOf(tree: Tree, block: Block, name: string): string {
  return name ? (own(block, name) ?? "") : decoded(inner(tree, block).trim());
}

/** What holds without a word of the block itself. */
export function usualOf(tree: Tree, block: Block, name: string, usual = ""): string {
  return inherited(tree, block, name) ?? usual;
}

/** Set attributes; false where a value is not whole yet and waits in its field. */
export function setValues(path: string, values: Record<string, string>): boolean {
  take(patching.withAttributes(store.get().tree, path, values), `${path} ${Object.keys(values).join(" ")}`);
  const block = store.get().tree.blocks.get(path);
  return block !== undefined && Object.entries(values).every(([name, value]) => (own(block, name) ?? "") === value);
}

/** Write plain words between the tags of an element; false as of `setValues`. */
export function setWords(path: string, words: string): boolean {
  take(patching.withWords(store.get().tree, path, words), `${path} content`);
  return decoded(contentOf(path)) === words.trim();
}

/** Write HTML between the tags of an element; false as of `setValues`. */
export function setContent(path: string, text: string, mark = `${path} content`): boolean {
  take(patching.withContent(store.get().tree, path, text), mark);
  return contentOf(path) === text.trim();
}

function contentOf(path: string): string {
  const { tree } = store.get();
  const block = tree.blocks.get(path);
  return block ? inner(tree, block).trim() : "";
}

function take(changed: patching.Changed | null, mark: string): void {
  if (changed) {
    store.change(changed.source, undefined, mark);
  }
}

/** Own words for each side, and what holds where there are none. */
export function spacing(tree: Tree, block: Block, name: string, usual: string): { own: string[]; usual: string[] } {
  const all = own(block, name);
  const short = all ? sidesOf(all) : ["", "", "", ""];
  const inner = sidesOf(inherited(tree, block, name) ?? usual);
  return {
    own: SIDES.map((side, index) => own(block, `${name}-${side}`) ?? short[index]),
    usual: SIDES.map((side, index) => inherited(tree, block, `${name}-${side}`) ?? inner[index]),
  };
}

export function setSides(path: string, name: string, sides: string[], usual: string[]): boolean {
  return setValues(path, stated(name, sides, usual));
}

export function hidden(block: Block): string {
  const classes = (own(block, "css-class") ?? "").split(/\s+/);
  return Object.keys(HIDES).find((name) => classes.includes(name)) ?? "";
}

export function hide(path: string, name: string): void {
  take(withClass(store.get().tree, path, /^hide-on-(phone|desktop)$/, name, HIDES[name] ?? ""), "");
}

/** The colour a button takes under the pointer. */
export function hoverOf(block: Block): string {
  const found = (own(block, "css-class") ?? "").split(/\s+/).map((each) => HOVER.exec(each)?.[1]).find(Boolean);
  return found ? `#${found}` : "";
}

/** Set that colour; what is half typed changes nothing. */
export function setHover(path: string, colour: string): boolean {
  const hex = /^#[0-9a-f]{6}$/i.test(colour) ? colour.slice(1).toLowerCase() : "";
  if (hex || !colour) {
    take(withClass(store.get().tree, path, HOVER, hex && `hover-${hex}`, hex && hoverRule(hex)), `${path} hover`);
  }
  return true;
}

/** Set what holds in the whole email; false as of `setValues`. */
export function setLook(of: string, name: string, value: string): boolean {
  take(withLook(store.get().tree, of, name, value), `${of} ${name} look`);
  return lookOf(store.get().tree, of, name) === value;
}

export { lookOf };

export function setColumns(path: string, widths: string[]): void {
  take(withColumns(store.get().tree, path, widths, sample()), "");
}

/** The colours of this email, the most used first. */
export function colours(source: string): string[] {
  const counts = new Map<string, number>();
  for (const [found] of source.matchAll(/#[0-9a-f]{6}\b/gi)) {
    counts.set(found.toLowerCase(), (counts.get(found.toLowerCase()) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour).slice(0, 8);
}
