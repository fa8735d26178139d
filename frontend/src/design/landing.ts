// Where something new goes when nobody points at a place, and what comes with it.
import { holds, type Level } from "./levels.ts";
import { type Changed, inserted } from "./patching.ts";
import type { Piece } from "./pieces.ts";
import type { Block, Tree } from "./reading.ts";
import { withRulesOf } from "./rules.ts";

export interface Landing {
  parent: string;
  index: number;
  slot: number;
  /** It cannot stand there without a section of its own. */
  wrap: boolean;
}

/** Where something new goes when it is pressed instead of dragged: into what is selected, or after it. */
export function after(tree: Tree, level: Level, from: string, name = ""): Landing | null {
  const { body } = tree;
  let block = tree.blocks.get(from) ?? body;
  if (!block || !body) {
    return null;
  }
  const inside = level === "section" ? null : holder(block, level, name);
  if (inside) {
    return { parent: inside.path, index: inside.children.length, slot: Infinity, wrap: false };
  }
  // Upwards to where it may stand beside what is selected; at last beside what holds that in the body.
  for (; block !== body && block.parent; block = block.parent) {
    if (holds(block.parent.name, level, name) || block.parent === body) {
      const wrap = !holds(block.parent.name, level, name);
      return { parent: block.parent.path, index: block.parent.children.indexOf(block) + 1, slot: 0, wrap };
    }
  }
  return { parent: body.path, index: body.children.length, slot: Infinity, wrap: level !== "section" };
}

/** What is selected, if it can hold that; for what stands in columns, its last column. */
function holder(block: Block, level: Level, name: string): Block | null {
  if (holds(block.name, level, name)) {
    return block;
  }
  const last = level === "leaf" && ["mj-section", "mj-group", "mj-wrapper"].includes(block.name) ? block.children.at(-1) : undefined;
  return last ? holder(last, level, name) : null;
}

/** Put in what was copied, after what is selected, with the rules it needs in the head. */
export function withPiece(tree: Tree, selected: string, { name, level, text }: Piece): Changed | null {
  const place = after(tree, level, selected, name);
  const whole = place?.wrap ? (level === "leaf" ? wrapped(text) : sectioned(text)) : text;
  const made = place && inserted(tree, place.parent, place.index, whole, place.slot);
  const within = place?.wrap ? (level === "leaf" ? "-0-0" : "-0") : "";
  return made && { source: withRulesOf(made.source, text), path: made.path + within };
}

/** A new section around what cannot stand alone. */
export function wrapped(text: string): string {
  return sectioned(`<mj-column>\n  ${text.split("\n").join("\n  ")}\n</mj-column>`);
}

/** A new section around columns. */
function sectioned(columns: string): string {
  return `<mj-section background-color="#ffffff">\n  ${columns.split("\n").join("\n  ")}\n</mj-section>`;
}
