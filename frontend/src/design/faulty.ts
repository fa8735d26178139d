// Which block a fault of the server's is in, and what of the mail deserves a look.
import type { Fault } from "../code/words";
import { around, type Block, own, type Tree } from "./reading";

function offsetOf(source: string, line: number, column: number): number {
  const lines = source.split("\n").slice(0, Math.max(line - 1, 0));
  return lines.reduce((sum, each) => sum + each.length + 1, 0) + Math.max(column - 1, 0);
}

export function blockOf(tree: Tree, fault: Fault): Block | null {
  return fault.field === "mjml" && fault.line ? around(tree, offsetOf(tree.source, fault.line, fault.column ?? 1)) : null;
}

export interface Lack {
  key: "no_alt" | "no_link" | "no_picture";
  path: string;
}

/** What is missing in a block; none of it forbids anything. */
export function lacks(tree: Tree): Lack[] {
  const found: Lack[] = [];
  for (const block of tree.blocks.values()) {
    const { path } = block;
    if (block.name === "mj-image" && !own(block, "src")?.trim()) {
      found.push({ key: "no_picture", path });
    } else if (block.name === "mj-image" && own(block, "alt") === undefined) {
      found.push({ key: "no_alt", path });
    }
    if (block.name === "mj-button" && ["", "#"].includes((own(block, "href") ?? "").trim())) {
      found.push({ key: "no_link", path });
    }
  }
  return found;
}
