// Reads MJML as it is written, faults and all: every element and attribute with its place in the source.
// Nothing is ever written back from what is read here; `patching.ts` changes the source in place.
import { decoded } from "./values.ts";

export { betweenTags, decoded, encoded, TEMPLATE_TAG } from "./values.ts";

export interface Attribute {
  name: string;
  /** From the space before its name to the end of its value. */
  from: number;
  to: number;
  /** Between the quotes. */
  valueFrom: number;
  valueTo: number;
  /** As its author means it: `&amp;` is one character. */
  value: string;
}

export interface Block {
  name: string;
  /** Its place among the elements: `b` is the body, `b-0` its first child. */
  path: string;
  from: number;
  to: number;
  /** Between its tags; of `<mj-image />` both are where it ends. */
  innerFrom: number;
  innerTo: number;
  /** Written as `<mj-image />`. */
  alone: boolean;
  attributes: Attribute[];
  children: Block[];
  parent: Block | null;
}

export interface Tree {
  source: string;
  root: Block | null;
  head: Block | null;
  body: Block | null;
  /** The body and what stands in it, by path. */
  blocks: Map<string, Block>;
}

/** Elements whose content is HTML or text, not MJML: content/mjml_check.py has the same. */
export const ENDING = new Set([
  "mj-text", "mj-button", "mj-table", "mj-raw", "mj-title", "mj-preview", "mj-style", "mj-navbar-link",
  "mj-social-element", "mj-accordion-title", "mj-accordion-text", "mj-html-attribute",
]);

// One that ends nowhere hides nothing; one that would run over the end of an element is none.
const TAG = /<!--[^]*?-->|<(\/?)(mj[a-z-]*)((?:"[^"]*"|'[^']*'|[^'"<>])*?)(\/?)>/gi;
const WITHIN = `(?:"(?:(?!<\\/mj)[^"])*"|'(?:(?!<\\/mj)[^'])*'|(?!<\\/?mj)[^"']){0,2000}?`;
const WHOLE_TAG = new RegExp(`\\{\\{${WITHIN}\\}\\}|\\{%${WITHIN}%\\}`, "gi");
const ATTRIBUTE = /(\s+)([\w:-]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;
const HIDDEN = "\uE000";

function masked(source: string): string {
  return source.replace(WHOLE_TAG, (found) => HIDDEN.repeat(found.length));
}

function attributesOf(source: string, hidden: string, from: number, to: number): Attribute[] {
  const found: Attribute[] = [];
  for (const match of hidden.slice(from, to).matchAll(ATTRIBUTE)) {
    const valueFrom = from + match.index + match[1].length + match[2].length + match[3].length + 1;
    const valueTo = valueFrom + (match[4] ?? match[5]).length;
    found.push({
      name: match[2].toLowerCase(), from: from + match.index, to: valueTo + 1, valueFrom, valueTo,
      value: decoded(source.slice(valueFrom, valueTo)),
    });
  }
  return found;
}

/** Where the content of an element that holds no MJML ends. */
function endOf(hidden: string, name: string, from: number): number {
  const close = new RegExp(`</${name}\\s*>`, "gi");
  close.lastIndex = from;
  return close.exec(hidden)?.index ?? hidden.length;
}

class Reader {
  readonly source: string;
  readonly hidden: string;
  readonly open: Block[] = [];
  root: Block | null = null;

  constructor(source: string) {
    this.source = source;
    this.hidden = masked(source);
  }

  read(): void {
    const tags = new RegExp(TAG.source, TAG.flags);
    for (let tag = tags.exec(this.hidden); tag; tag = tags.exec(this.hidden)) {
      if (!tag[2]) {
        continue;
      }
      const name = tag[2].toLowerCase();
      const end = tags.lastIndex;
      if (tag[1]) {
        this.close(name, tag.index, end);
        continue;
      }
      const block = this.begin(name, tag, end);
      if (!block.alone && ENDING.has(name)) {
        tags.lastIndex = endOf(this.hidden, name, end);
      }
    }
    // What is never closed ends with the document.
    while (this.open.length) {
      this.finish(this.open.pop() as Block, this.source.length, this.source.length);
    }
  }

  private begin(name: string, tag: RegExpExecArray, end: number): Block {
    const parent = this.open.at(-1) ?? null;
    const from = tag.index + 1 + tag[2].length;
    const block: Block = {
      name, path: "", from: tag.index, to: end, innerFrom: end, innerTo: end, alone: tag[4] === "/",
      attributes: attributesOf(this.source, this.hidden, from, from + tag[3].length), children: [], parent,
    };
    parent?.children.push(block);
    this.root ??= block;
    if (!block.alone) {
      this.open.push(block);
    }
    return block;
  }

  private close(name: string, from: number, to: number): void {
    const at = this.open.findLastIndex((block) => block.name === name);
    // What closes nothing is left to the server's words.
    while (at >= 0 && this.open.length > at) {
      const block = this.open.pop() as Block;
      this.finish(block, from, block.name === name && this.open.length === at ? to : from);
    }
  }

  private finish(block: Block, innerTo: number, to: number): void {
    block.innerTo = innerTo;
    block.to = to;
  }
}

function number(block: Block, path: string, blocks: Map<string, Block>): void {
  block.path = path;
  blocks.set(path, block);
  block.children.forEach((child, index) => number(child, `${path}-${index}`, blocks));
}

let last: Tree | null = null;

/** Read a document; nobody changes what is read. */
export function read(source: string): Tree {
  // What was just changed is read to see that all else stayed, and once more to be shown.
  last = last?.source === source ? last : treeOf(source);
  return last;
}

function treeOf(source: string): Tree {
  const reader = new Reader(source);
  reader.read();
  const { root } = reader;
  const part = (name: string) => root?.children.find((child) => child.name === name) ?? null;
  const body = part("mj-body");
  const blocks = new Map<string, Block>();
  if (body) {
    number(body, "b", blocks);
  }
  return { source, root, head: part("mj-head"), body, blocks };
}

export function inner(tree: Tree, block: Block): string {
  return tree.source.slice(block.innerFrom, block.innerTo);
}

export function own(block: Block, name: string): string | undefined {
  return block.attributes.find((attribute) => attribute.name === name)?.value;
}

/** What the head says of an attribute of a block that has none itself. */
export function inherited(tree: Tree, block: Block, name: string): string | undefined {
  const lists = (tree.head?.children ?? []).filter((child) => child.name === "mj-attributes");
  const rules = lists.flatMap((list) => list.children);
  const named = (own(block, "mj-class") ?? "").split(/\s+/).filter(Boolean);
  const classes = rules.filter((rule) => rule.name === "mj-class" && named.includes(own(rule, "name") ?? ""));
  for (const group of [classes, rules.filter((rule) => rule.name === block.name), rules.filter((rule) => rule.name === "mj-all")]) {
    const found = group.map((rule) => own(rule, name)).filter((value) => value !== undefined);
    if (found.length) {
      return found.at(-1);
    }
  }
  return undefined;
}

/** The innermost element of the body around a place in the source. */
export function around(tree: Tree, offset: number): Block | null {
  let found = tree.body && tree.body.from <= offset && offset < tree.body.to ? tree.body : null;
  for (let next: Block | null | undefined = found; next; ) {
    found = next;
    next = next.children.find((child) => child.from <= offset && offset < child.to);
  }
  return found;
}
