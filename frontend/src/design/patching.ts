// Changes the source in place: what is not touched stays byte for byte as its author wrote it.
import { gapBefore, unit } from "./places.ts";
import { type Block, type Tree, inherited, inner, own, read } from "./reading.ts";
import { encoded, restated, unfinished } from "./values.ts";

export interface Patch {
  from: number;
  to: number;
  text: string;
}

/** The source after a change, and the path of what was changed. */
export interface Changed {
  source: string;
  path: string;
}

/** Apply patches that do not overlap. */
export function patched(source: string, patches: Patch[]): string {
  const parts: string[] = [];
  let end = source.length;
  for (const { from, to, text } of [...patches].sort((a, b) => b.from - a.from || b.to - a.to)) {
    parts.push(source.slice(to, end), text);
    end = from;
  }
  return source.slice(0, end) + parts.reverse().join("");
}

/** What begins a line as that of a place: nothing where others stand before it on its line. */
function lineBreak(source: string, at: number): string {
  const margin = source.slice(source.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*$/.test(margin) ? `\n${margin}` : "";
}

function indent(source: string, at: number): string {
  return lineBreak(source, at).slice(1);
}

function lines(text: string, margin: string): string {
  return text.split("\n").join(`\n${margin}`);
}

/** Set an attribute; an empty value takes it away, so that what the head says holds again. */
export function withAttribute(tree: Tree, block: Block, name: string, value: string): Patch[] {
  const there = block.attributes.filter((attribute) => attribute.name === name);
  const last = there.at(-1);
  if (last && last.value === value) {
    return [];
  }
  if (!value) {
    return there.map(({ from, to }) => ({ from, to, text: "" }));
  }
  if (last) {
    const quote = tree.source[last.valueTo];
    return [{ from: last.valueFrom, to: last.valueTo, text: restated(tree.source.slice(last.valueFrom, last.valueTo), value, quote) }];
  }
  const at = block.attributes.at(-1)?.to ?? block.from + 1 + block.name.length;
  return [{ from: at, to: at, text: ` ${name}="${encoded(value)}"` }];
}

/** Set attributes; null where nothing changes, or where a value is not whole yet. */
export function withAttributes(tree: Tree, path: string, values: Record<string, string>): Changed | null {
  const block = tree.blocks.get(path);
  const patches = block ? Object.entries(values).flatMap(([name, value]) => withAttribute(tree, block, name, value)) : [];
  const whole = block && Object.entries(values).every(([name, value]) => mayStand(own(block, name) ?? "", value));
  return patches.length && whole ? keeping(tree, path, joined(patches)) : null;
}

/** What begins something without its end waits, unless that was so before: it may end in another element. */
function mayStand(before: string, now: string): boolean {
  return !unfinished(now) || unfinished(before);
}

/** Apply what changes one element; null if any other would not be what and where it was. */
export function keeping(tree: Tree, path: string, patches: Patch[]): Changed | null {
  const after = read(patched(tree.source, patches));
  const shift = (at: number) => patches.reduce((sum, { from, to, text }) => (to <= at ? sum + text.length - (to - from) : sum), at);
  const same = (block: Block) => {
    const found = after.blocks.get(block.path);
    return found?.name === block.name && found.from === shift(block.from) && found.to === shift(block.to);
  };
  const all = after.blocks.size === tree.blocks.size && [...tree.blocks.values()].every(same);
  return all ? { source: after.source, path } : null;
}

/** Insertions at one place become one, in their order. */
export function joined(patches: Patch[]): Patch[] {
  const kept: Patch[] = [];
  for (const patch of patches) {
    const same = kept.find((each) => each.from === each.to && patch.from === patch.to && each.from === patch.from);
    if (same) {
      same.text += patch.text;
    } else {
      kept.push({ ...patch });
    }
  }
  return kept;
}

/** Write HTML between the tags of an element; the space around what stood there stays. Null as of `withAttributes`. */
export function withContent(tree: Tree, path: string, text: string): Changed | null {
  const block = tree.blocks.get(path);
  const patch = block && mayStand(inner(tree, block), text) && contentPatch(tree, block, text);
  return patch ? keeping(tree, path, [patch]) : null;
}

/** Write plain words between the tags of an element. */
export function withWords(tree: Tree, path: string, words: string): Changed | null {
  const block = tree.blocks.get(path);
  const before = block ? inner(tree, block).trim() : "";
  return withContent(tree, path, restated(before, words.trim(), ""));
}

function contentPatch(tree: Tree, block: Block, text: string): Patch | null {
  if (block.alone) {
    return text ? opened(tree, block, text) : null;
  }
  const before = tree.source.slice(block.innerFrom, block.innerTo);
  const [, left, , right] = /^(\s*)([^]*?)(\s*)$/.exec(before) as RegExpExecArray;
  const made = before.trim() ? left + text.trim() + right : text;
  return made === before ? null : { from: block.innerFrom, to: block.innerTo, text: made };
}

/** Write `<mj-column />` with two tags. */
export function opened(tree: Tree, block: Block, text: string): Patch {
  const slash = tree.source.slice(block.from, block.to).search(/\s*\/>$/);
  return { from: block.from + slash, to: block.to, text: `>${text}</${block.name}>` };
}

/** Where something new stands in a parent: before its nth child, and there after so many statements. */
export function placed(tree: Tree, parent: Block, index: number, text: string, slot = 0): Patch {
  const { source } = tree;
  const before = parent.children[index - 1];
  const after = parent.children[index];
  const statements = gapBefore(tree, parent, index);
  const last = slot >= statements.length;
  if (before && (slot <= 0 || !statements.length)) {
    const at = unit(tree, before).to;
    const begins = lineBreak(source, unit(tree, before).from);
    return { from: at, to: at, text: `${begins}${lines(text, begins.slice(1))}` };
  }
  if (!last || after) {
    const at = last ? unit(tree, after).from : statements[slot].from;
    const begins = lineBreak(source, at);
    return { from: at, to: at, text: `${lines(text, begins.slice(1))}${begins}` };
  }
  if (statements.length) {
    const { from, to } = statements[statements.length - 1];
    const begins = lineBreak(source, from);
    return { from: to, to, text: `${begins}${lines(text, begins.slice(1))}` };
  }
  const outer = indent(source, parent.from);
  const inside = `\n${outer}  ${lines(text, `${outer}  `)}\n${outer}`;
  if (parent.alone) {
    return opened(tree, parent, inside);
  }
  const kept = source.slice(parent.innerFrom, parent.innerTo).trimEnd();
  return { from: parent.innerFrom + kept.length, to: parent.innerTo, text: inside };
}

/** The path of the first element that begins at or after a place. */
function pathAt(source: string, at: number): string {
  const found = [...read(source).blocks.values()].filter((block) => block.from >= at);
  return found.reduce((first, block) => (block.from < first.from ? block : first), found[0])?.path ?? "b";
}

function done(tree: Tree, patches: Patch[], made: Patch): Changed {
  const shift = patches.filter((patch) => patch !== made && patch.from < made.from);
  const at = made.from + shift.reduce((sum, patch) => sum + patch.text.length - (patch.to - patch.from), 0);
  const source = patched(tree.source, patches);
  return { source, path: pathAt(source, at + made.text.search(/<mj/)) };
}

/** Put something new before the nth child, after so many of the statements that stand there. */
export function inserted(tree: Tree, parentPath: string, index: number, text: string, slot = 0): Changed | null {
  const parent = tree.blocks.get(parentPath);
  if (!parent) {
    return null;
  }
  const patch = placed(tree, parent, Math.min(index, parent.children.length), text, slot);
  // A tag that opens now stands before what it was opened for.
  const made = parent.alone ? { ...patch } : patch;
  return done(tree, [made], made);
}

/** What goes with an element: the line it stood on alone. */
export function removal(tree: Tree, block: Block): Patch {
  const { source } = tree;
  const { from, to } = unit(tree, block);
  const line = source.lastIndexOf("\n", from - 1);
  const bare = line >= 0 && !source.slice(line + 1, from).trim();
  const rest = /^[ \t]*(?=\r?\n|$)/.exec(source.slice(to));
  return bare && rest ? { from: source[line - 1] === "\r" ? line - 1 : line, to: to + rest[0].length, text: "" } : { from, to, text: "" };
}

/** Take an element away; the path is of the neighbour one goes on from. */
export function removed(tree: Tree, path: string): Changed | null {
  const block = tree.blocks.get(path);
  if (!block?.parent || path === "b") {
    return null;
  }
  const { parent } = block;
  const source = patched(tree.source, [removal(tree, block)]);
  const left = parent.children.length - 1;
  const index = Math.min(parent.children.indexOf(block), left - 1);
  return { source, path: left ? `${parent.path}-${index}` : parent.path };
}

export function duplicated(tree: Tree, path: string): Changed | null {
  const block = tree.blocks.get(path);
  if (!block?.parent || path === "b") {
    return null;
  }
  const { from, to } = unit(tree, block);
  const copy = { from: to, to, text: lineBreak(tree.source, from) + tree.source.slice(from, to) };
  return done(tree, [copy], copy);
}

/** Move an element before the nth child of a parent, counted as they stand now, after so many statements there. */
export function moved(tree: Tree, path: string, parentPath: string, index: number, slot = 0): Changed | null {
  const block = tree.blocks.get(path);
  const parent = tree.blocks.get(parentPath);
  if (!block?.parent || !parent || path === "b" || `${parentPath}-`.startsWith(`${path}-`)) {
    return null;
  }
  if (block.parent === parent && stays(tree, block, index, slot)) {
    return null;
  }
  const { from, to } = unit(tree, block);
  const put = placed(tree, parent, index, "\0", slot);
  // Its lines stay as they are: white space may mean something in them.
  put.text = put.text.replace("\0", () => tree.source.slice(from, to));
  return done(tree, [removal(tree, block), put], put);
}

/** Whether a place beside an element is where it stands already. */
function stays(tree: Tree, block: Block, index: number, slot: number): boolean {
  const parent = block.parent as Block;
  const here = parent.children.indexOf(block);
  const before = gapBefore(tree, parent, here).length;
  return (index === here && slot >= before) || (index === here + 1 && (slot <= 0 || !gapBefore(tree, parent, index).length));
}

/** The source as the canvas asks for it: each block named by a class; no line more or less. */
export function marked(tree: Tree): string {
  const patches: Patch[] = [];
  for (const block of tree.blocks.values()) {
    if (!MARKED.has(block.name)) {
      continue;
    }
    const classes = own(block, "css-class") ?? inherited(tree, block, "css-class") ?? "";
    patches.push(...withAttribute(tree, block, "css-class", `${classes} ${mark(block.path)}`.trim()));
    if (block.name === "mj-column" && !block.children.length && !block.alone) {
      patches.push({ from: block.innerFrom, to: block.innerFrom, text: '<mj-spacer height="72px" />' });
    }
  }
  return patched(tree.source, patches);
}

const MARKED = new Set([
  "mj-section", "mj-column", "mj-group", "mj-wrapper", "mj-hero", "mj-text", "mj-image", "mj-button", "mj-divider",
  "mj-spacer", "mj-social", "mj-table", "mj-navbar", "mj-accordion", "mj-carousel",
]);

/** The class by which the canvas shows where a block is. */
export function mark(path: string): string {
  return `relais-${path}`;
}
