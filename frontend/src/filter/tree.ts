// The JSON of a filter is the state: changes make new trees, untouched parts stay the very same.

export type Json = Record<string, unknown>;
export type Kind = "all" | "any" | "none";
export type Path = number[];
export const KINDS: Kind[] = ["all", "any", "none"];

/** Which group it is; undefined for conditions. */
export function kindOf(node: Json): Kind | undefined {
  return KINDS.find((kind) => Array.isArray(node[kind]) && Object.keys(node).length === 1);
}

export function partsOf(node: Json): Json[] {
  const kind = kindOf(node);
  return kind ? (node[kind] as Json[]) : [];
}

/** Wrap a condition that stands alone, for showing it; nothing is changed by that. */
export function rooted(value: Json | null): Json {
  return value === null || !Object.keys(value).length ? { all: [] } : kindOf(value) ? value : { all: [value] };
}

let last = 0;
const keys = new WeakMap<object, number>();

/** A number that stays with a condition while it is edited and moved. */
export function keyOf(node: Json): number {
  return keys.get(node) ?? keys.set(node, ++last).get(node)!;
}

/** A changed copy that is still the same condition. */
export function changed(node: Json, next: Json): Json {
  keys.set(next, keyOf(node));
  return next;
}

function withParts(node: Json, parts: Json[]): Json {
  return changed(node, { [kindOf(node) ?? "all"]: parts });
}

export function at(root: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((node, index) => node && partsOf(node)[index], root);
}

/** The place of a part, as the server names it. */
export function placeOf(root: Json, path: Path, wrapped: boolean): string {
  let node: Json | undefined = root;
  let place = "filter";
  for (const index of path) {
    place += node && !(wrapped && node === root) ? `.${kindOf(node)}.${index}` : "";
    node = node && partsOf(node)[index];
  }
  return place;
}

export function replace(root: Json, path: Path, next: (node: Json) => Json): Json {
  if (!path.length) {
    return next(root);
  }
  const [index, ...rest] = path;
  return withParts(root, partsOf(root).map((part, place) => (place === index ? replace(part, rest, next) : part)));
}

export function insert(root: Json, group: Path, index: number, node: Json): Json {
  return replace(root, group, (parent) => withParts(parent, partsOf(parent).toSpliced(index, 0, node)));
}

export function remove(root: Json, path: Path): Json {
  const index = path[path.length - 1];
  return replace(root, path.slice(0, -1), (parent) => withParts(parent, partsOf(parent).toSpliced(index, 1)));
}

/** Find where a part is now, by its key. */
export function pathOf(root: Json, key: number, path: Path = []): Path | null {
  if (keyOf(root) === key) {
    return path;
  }
  for (const [index, part] of partsOf(root).entries()) {
    const found = pathOf(part, key, [...path, index]);
    if (found) {
      return found;
    }
  }
  return null;
}

/** Take a part to a place in a group; into itself it does not go. */
export function moveTo(root: Json, key: number, group: number, index: number): Json {
  const from = pathOf(root, key);
  const target = pathOf(root, group);
  if (!from || !target || from.every((step, place) => target[place] === step)) {
    return root;
  }
  const node = at(root, from)!;
  const sameGroup = from.length === target.length + 1 && target.every((step, place) => from[place] === step);
  const place = sameGroup && from[from.length - 1] < index ? index - 1 : index;
  const without = remove(root, from);
  return insert(without, pathOf(without, group)!, place, node);
}

/** One step up or down: past a condition, into a group beside, or out of its own. */
export function step(root: Json, path: Path, by: 1 | -1): Json {
  const index = path[path.length - 1];
  const parentPath = path.slice(0, -1);
  const parent = at(root, parentPath)!;
  const node = at(root, path)!;
  const neighbour = partsOf(parent)[index + by];
  if (neighbour && kindOf(neighbour)) {
    return moveTo(root, keyOf(node), keyOf(neighbour), by === 1 ? 0 : partsOf(neighbour).length);
  }
  if (neighbour) {
    return moveTo(root, keyOf(node), keyOf(parent), by === 1 ? index + 2 : index - 1);
  }
  if (!parentPath.length) {
    return root;
  }
  const above = at(root, parentPath.slice(0, -1))!;
  const place = parentPath[parentPath.length - 1];
  return moveTo(root, keyOf(node), keyOf(above), by === 1 ? place + 1 : place);
}

/** A copy whose parts have keys of their own. */
export function copy(node: Json): Json {
  return structuredClone(node);
}

export function countConditions(node: Json): number {
  return kindOf(node) ? partsOf(node).reduce((sum, part) => sum + countConditions(part), 0) : 1;
}

/** A condition whose words the reader may not see; the server knows it by this. */
export function isMask(node: Json): boolean {
  return node.hidden === true && Object.keys(node).length === 1;
}

export function holdsMask(node: Json): boolean {
  return isMask(node) || partsOf(node).some(holdsMask);
}
