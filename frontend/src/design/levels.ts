// What may stand where in an email.

export type Level = "leaf" | "column" | "section";

const HOLDS: Record<Level, Set<string>> = {
  leaf: new Set(["mj-column", "mj-hero"]),
  column: new Set(["mj-section", "mj-group"]),
  section: new Set(["mj-body", "mj-wrapper"]),
};

const LEAVES = new Set([
  "mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-social", "mj-table", "mj-raw", "mj-navbar",
  "mj-accordion", "mj-carousel",
]);

/** Where an element may stand. */
export function levelOf(name: string): Level | null {
  if (["mj-section", "mj-wrapper", "mj-hero"].includes(name)) {
    return "section";
  }
  if (["mj-column", "mj-group"].includes(name)) {
    return "column";
  }
  return LEAVES.has(name) ? "leaf" : null;
}

export function holds(parent: string, level: Level, name = ""): boolean {
  if (name === "mj-wrapper") {
    return parent === "mj-body";
  }
  if (name === "mj-group") {
    return parent === "mj-section";
  }
  return HOLDS[level].has(parent);
}
