// What is told to whom: `{% if audience.lyon %} … {% elif audience.paris %} … {% else %} … {% endif %}` between blocks.
import { patched } from "./patching.ts";
import { before, unit, type Statement } from "./places.ts";
import type { Block, Tree } from "./reading.ts";

/** Statements that belong together, the one that opens first. */
export interface Chain {
  turns: Statement[];
  end: Statement;
}

const ASKS = /^(?:if|elif)\s+audience\.([a-z][a-z0-9_]*)$/;

/** The audience a statement asks for; "" of `else`, null where it asks for something else. */
export function askedBy(statement: Statement): string | null {
  return statement.words === "else" ? "" : (ASKS.exec(statement.words)?.[1] ?? null);
}

/** The innermost condition on audiences alone around an element, in its parent. */
export function chainOf(tree: Tree, block: Block): Chain | null {
  const { parent } = block;
  if (!parent) {
    return null;
  }
  const found: Chain[] = [];
  const open: Statement[][] = [];
  const between = Array.from({ length: parent.children.length + 1 }, (_, index) => before(tree, parent, index)).flat();
  for (const statement of between) {
    if (/^(?:if|for)\b/.test(statement.words)) {
      open.push([statement]);
    } else if (/^(?:elif|else)\b/.test(statement.words)) {
      open.at(-1)?.push(statement);
    } else if (/^end/.test(statement.words) && open.length) {
      found.push({ turns: open.pop() as Statement[], end: statement });
    }
  }
  return found.find(({ turns, end }) => turns[0].from < block.from && end.to > block.from && turns.every((turn) => askedBy(turn) !== null)) ?? null;
}

/** Which of the statements of a condition an element stands under. */
export function turnOf(chain: Chain, block: Block): Statement {
  return chain.turns.filter((turn) => turn.from < block.from).at(-1) ?? chain.turns[0];
}

/** Whether the condition is of this element alone, so that it may be taken away with nothing else. */
export function isAlone(tree: Tree, chain: Chain, block: Block): boolean {
  const around = unit(tree, block);
  return chain.turns.length === 1 && around.from <= chain.turns[0].from && around.to >= chain.end.to;
}

function margin(source: string, at: number): string {
  return /[^\n]*$/.exec(source.slice(0, at))?.[0].replace(/\S.*$/s, "") ?? "";
}

/** Show an element to one audience alone, to another, or (with "") to everybody again. */
export function shownTo(tree: Tree, block: Block, key: string): string {
  const { source } = tree;
  const chain = chainOf(tree, block);
  if (!chain) {
    const { from, to } = unit(tree, block);
    const line = `\n${margin(source, from)}`;
    return key ? patched(source, [{ from, to: from, text: `{% if audience.${key} %}${line}` }, { from: to, to, text: `${line}{% endif %}` }]) : source;
  }
  const turn = turnOf(chain, block);
  if (key) {
    return patched(source, [{ from: turn.from, to: turn.to, text: `{% ${turn.words.split(" ")[0]} audience.${key} %}` }]);
  }
  if (!isAlone(tree, chain, block)) {
    return source;
  }
  const inside = source.slice(turn.to, chain.end.from).trim();
  return patched(source, [{ from: turn.from, to: chain.end.to, text: inside }]);
}

/** Add a variant before what everybody else sees: a copy of what the element's own turn holds. */
export function withVariant(tree: Tree, chain: Chain, block: Block, key: string): string {
  const { source } = tree;
  const ends = [...chain.turns, chain.end];
  const turn = turnOf(chain, block);
  const until = ends[ends.indexOf(turn) + 1];
  const last = chain.turns.at(-1) as Statement;
  const at = !key || last.words !== "else" ? chain.end.from : last.from;
  const line = `\n${margin(source, at)}`;
  const copy = source.slice(turn.to, until.from).trim();
  return patched(source, [{ from: at, to: at, text: `{% ${key ? `elif audience.${key}` : "else"} %}${line}${copy}${line}` }]);
}

/** Take a variant away with what it shows; the first makes room for the next. */
export function withoutVariant(tree: Tree, chain: Chain, turn: Statement): string {
  const { source } = tree;
  const ends = [...chain.turns, chain.end];
  const index = ends.indexOf(turn);
  const next = ends[index + 1];
  const key = index === 0 ? askedBy(next) : null;
  if (index === 0 && !key) {
    return source;
  }
  return patched(source, [{ from: turn.from, to: index === 0 ? next.to : next.from, text: key ? `{% if audience.${key} %}` : "" }]);
}
