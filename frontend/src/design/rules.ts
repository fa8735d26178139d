// What the head says of blocks: rules of classes that some of them need, and looks that hold of all.
import { type Changed, keeping, patched, type Patch, placed, withAttribute, withAttributes } from "./patching.ts";
import { type Block, encoded, inner, own, read, type Tree } from "./reading.ts";
import { unfinished } from "./values.ts";

/** Give an element a class in place of others, and the head the rule it needs. */
export function withClass(tree: Tree, path: string, others: RegExp, name: string, rule: string): Changed | null {
  const block = tree.blocks.get(path);
  if (!block) {
    return null;
  }
  const kept = (own(block, "css-class") ?? "").split(/\s+/).filter((each) => each && !others.test(each));
  const source = withAttributes(tree, path, { "css-class": [...kept, name].filter(Boolean).join(" ") })?.source ?? tree.source;
  const made = swept(rule ? withRule(source, rule) : source);
  return made === tree.source ? null : { source: made, path };
}

/** Classes by which something is hidden on some screens, with the rule each needs. */
export const HIDES: Record<string, string> = {
  "hide-on-phone": "@media (max-width: 480px) { .hide-on-phone { display: none !important; } }",
  "hide-on-desktop": "@media (min-width: 481px) { .hide-on-desktop { display: none !important; } }",
};

export const HOVER = /^hover-([0-9a-f]{6})$/;

export function hoverRule(hex: string): string {
  return `.hover-${hex} td:hover, .hover-${hex} a:hover { background: #${hex} !important; }`;
}

/** Take away the rules of colours that no block has any more. */
function swept(source: string): string {
  const tree = read(source);
  const used = new Set([...tree.blocks.values()].flatMap((block) => (own(block, "css-class") ?? "").split(/\s+/)));
  const patches: Patch[] = [];
  for (const style of tree.head?.children ?? []) {
    const words = style.name === "mj-style" ? inner(tree, style).trim() : "";
    const hex = /^\.hover-([0-9a-f]{6}) /.exec(words)?.[1] ?? "";
    if (hex && words === hoverRule(hex) && !used.has(`hover-${hex}`)) {
      const margin = /\r?\n[ \t]*$/.exec(source.slice(0, style.from))?.[0] ?? "";
      patches.push({ from: style.from - margin.length, to: style.to, text: "" });
    }
  }
  return patched(source, patches);
}

export function withRule(source: string, rule: string): string {
  const tree = read(source);
  return source.includes(rule) ? source : patched(source, inHead(tree, `<mj-style>${rule}</mj-style>`));
}

/** Give the head the rules that blocks need by their classes: they come from an email whose head has them. */
export function withRulesOf(source: string, blocks: string): string {
  const all = [...read(`<mjml><mj-body>${blocks}</mj-body></mjml>`).blocks.values()];
  const names = new Set(all.flatMap((block) => (own(block, "css-class") ?? "").split(/\s+/)));
  const rules = [...names].map((name) => {
    const hex = HOVER.exec(name)?.[1];
    return hex ? hoverRule(hex) : Object.hasOwn(HIDES, name) ? HIDES[name] : "";
  });
  return rules.reduce<string>((made, rule) => (rule ? withRule(made, rule) : made), source);
}

/** Put something at the end of the head, which is made where there is none. */
function inHead(tree: Tree, text: string): Patch[] {
  const { source } = tree;
  if (!tree.body) {
    return [];
  }
  const line = source.slice(source.lastIndexOf("\n", tree.body.from - 1) + 1, tree.body.from);
  const margin = /^[ \t]*$/.test(line) ? line : "";
  const put = text.split("\n").join(`\n${margin}  `);
  if (tree.head && !tree.head.alone) {
    const at = tree.head.innerFrom + source.slice(tree.head.innerFrom, tree.head.innerTo).trimEnd().length;
    return [{ from: at, to: at, text: `\n${margin}  ${put}` }];
  }
  const head = `<mj-head>\n${margin}  ${put}\n${margin}</mj-head>`;
  if (tree.head) {
    return [{ from: tree.head.from, to: tree.head.to, text: head }];
  }
  return [{ from: tree.body.from, to: tree.body.from, text: `${head}\n${margin}` }];
}

/** What the head says of every element of a name, or of all: the last word on it. */
function looks(tree: Tree, name: string): Block[] {
  const lists = (tree.head?.children ?? []).filter((child) => child.name === "mj-attributes");
  return lists.flatMap((list) => list.children).filter((rule) => rule.name === name);
}

export function lookOf(tree: Tree, name: string, attribute: string): string {
  return looks(tree, name).map((rule) => own(rule, attribute)).findLast((value) => value !== undefined) ?? "";
}

/** Say in the head what holds of every element of a name; an empty value takes it back. Null as of `withAttributes`. */
export function withLook(tree: Tree, name: string, attribute: string, value: string): Changed | null {
  const rules = looks(tree, name);
  const saying = rules.filter((rule) => own(rule, attribute) !== undefined);
  const rule = saying.at(-1) ?? rules.at(-1);
  if (unfinished(value) || (!value && !saying.length)) {
    return null;
  }
  const list = tree.head?.children.findLast((child) => child.name === "mj-attributes");
  const made = `<${name} ${attribute}="${encoded(value)}" />`;
  const patches = !value
    ? saying.flatMap((each) => withAttribute(tree, each, attribute, ""))
    : rule ? withAttribute(tree, rule, attribute, value)
    : list ? [placed(tree, list, list.children.length, made, Infinity)]
    : inHead(tree, `<mj-attributes>\n  ${made}\n</mj-attributes>`);
  return patches.length ? keeping(tree, "b", patches) : null;
}
