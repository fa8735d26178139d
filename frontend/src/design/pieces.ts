// Blocks as text: copied from one email, put into another, or into the same once more.
import { levelOf, type Level } from "./levels.ts";
import { unit } from "./places.ts";
import { type Block, type Tree, read } from "./reading.ts";
import { unfinished } from "./values.ts";

export interface Piece {
  name: string;
  level: Level;
  text: string;
}

/** A block as it is written, with the condition around it alone. */
export function copied(tree: Tree, path: string): string {
  const block = tree.blocks.get(path);
  if (!block?.parent || path === "b") {
    return "";
  }
  const { from, to } = unit(tree, block);
  // Its lines begin where it began.
  const margin = tree.source.slice(tree.source.lastIndexOf("\n", from - 1) + 1, from);
  const text = tree.source.slice(from, to);
  return /^[ \t]+$/.test(margin) ? text.split(`\n${margin}`).join("\n") : text;
}

/** What was copied, if it is one whole block and nothing else. */
export function pieceOf(copy: string): Piece | null {
  const text = copy.replace(/\r\n?/g, "\n").trim();
  if (!/^(?:<mj-|\{%)/.test(text) || unfinished(text)) {
    return null;
  }
  const tree = read(`<mjml><mj-body>${text}</mj-body></mjml>`);
  const { body } = tree;
  const [block, more] = body?.children ?? [];
  const level = block && levelOf(block.name);
  if (!body || !level || more || body.innerTo - body.innerFrom !== text.length || ![...tree.blocks.values()].every((each) => isClosed(tree, each))) {
    return null;
  }
  const { from, to } = unit(tree, block);
  return from === body.innerFrom && to === body.innerTo ? { name: block.name, level, text } : null;
}

function isClosed(tree: Tree, block: Block): boolean {
  return block.alone || tree.source.slice(block.innerTo, block.to).toLowerCase().startsWith(`</${block.name}`);
}
