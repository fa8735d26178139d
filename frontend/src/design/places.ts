// Statements between the children of an element: they are places, too, and say of what is between them where it is shown.
import type { Block, Tree } from "./reading.ts";
import { TEMPLATE_TAG } from "./values.ts";

export interface Statement {
  from: number;
  to: number;
  /** Such as `if contact.city`. */
  words: string;
}

interface Range {
  from: number;
  to: number;
}

const OPENS = /^(?:if|for)\b/;
const TURNS = /^(?:elif|else)\b/;
const CLOSES = /^end(?:if|for)\b/;

function statements(tree: Tree, from: number, to: number): Statement[] {
  const text = tree.source.slice(from, to).replace(/<!--[^]*?-->/g, (comment) => " ".repeat(comment.length));
  return [...text.matchAll(TEMPLATE_TAG)].filter(([tag]) => tag.startsWith("{%")).map(({ 0: tag, index }) => ({
    from: from + index, to: from + index + tag.length, words: tag.replace(/^\{%[-+]?\s*|\s*[-+]?%\}$/g, ""),
  }));
}

/** All that stands before the nth child, back to the one before it. */
export function before(tree: Tree, parent: Block, index: number): Statement[] {
  const from = parent.children[index - 1]?.to ?? parent.innerFrom;
  return statements(tree, from, parent.children[index]?.from ?? parent.innerTo);
}

/** An element with the statements that stand around nothing but it. */
export function unit(tree: Tree, block: Block): Range {
  const { parent } = block;
  let { from, to } = block;
  if (!parent) {
    return { from, to };
  }
  const index = parent.children.indexOf(block);
  const bare = (start: number, end: number) => !tree.source.slice(start, end).trim();
  const opens = before(tree, parent, index).reverse();
  const closes = before(tree, parent, index + 1);
  for (let level = 0; level < Math.min(opens.length, closes.length); level += 1) {
    const around = OPENS.test(opens[level].words) && CLOSES.test(closes[level].words);
    if (!around || !bare(opens[level].to, from) || !bare(to, closes[level].from)) {
      break;
    }
    ({ from } = opens[level]);
    ({ to } = closes[level]);
  }
  return { from, to };
}

/** The statements before the nth child that are of no child alone. */
export function gapBefore(tree: Tree, parent: Block, index: number): Statement[] {
  const from = index > 0 && parent.children[index - 1] ? unit(tree, parent.children[index - 1]).to : parent.innerFrom;
  const next = parent.children[index];
  return statements(tree, from, next ? unit(tree, next).from : parent.innerTo);
}

/** What is in force at a place: before the nth child, there after so many statements. */
export function conditionAt(tree: Tree, parent: Block, index: number, slot: number): string {
  const open: string[] = [];
  for (let each = 0; each <= index; each += 1) {
    const found = gapBefore(tree, parent, each);
    follow(open, each < index ? found : found.slice(0, slot));
  }
  return open.join(" · ");
}

// Nobody changes what was read: each parent is looked through once.
const known = new WeakMap<Block, string[]>();

/** The statements in force at an element, such as `if contact.city`, or `if contact.city … else`. */
export function condition(tree: Tree, block: Block): string {
  const { parent } = block;
  if (!parent) {
    return "";
  }
  const conditions = known.get(parent) ?? ofChildren(tree, parent);
  known.set(parent, conditions);
  return conditions[parent.children.indexOf(block)];
}

function ofChildren(tree: Tree, parent: Block): string[] {
  const open: string[] = [];
  return parent.children.map((_, index) => {
    follow(open, before(tree, parent, index));
    return open.join(" · ");
  });
}

/** Open and close what statements do, in their order. */
function follow(open: string[], found: Statement[]): void {
  for (const { words } of found) {
    if (OPENS.test(words)) {
      open.push(words);
    } else if (CLOSES.test(words)) {
      open.pop();
    } else if (TURNS.test(words) && open.length) {
      open.push(`${(open.pop() as string).split(" … ")[0]} … ${words}`);
    }
  }
}
