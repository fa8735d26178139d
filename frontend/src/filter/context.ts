// What every part of the builder needs: the catalogue, its words, and how to change the tree.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Catalogue } from "./catalogue";
import type { Json, Path } from "./tree";

export interface Problem {
  field: string | null;
  message: string;
}

export interface Tools {
  catalogue: Catalogue;
  word: (key: string, values?: Record<string, string | number>) => string;
  /** Put something in the place of a part; changes of one `series` are undone together. */
  put: (path: Path, next: Json, series?: string) => void;
  add: (group: Path, node: Json) => void;
  remove: (path: Path) => void;
  duplicate: (path: Path) => void;
  step: (path: Path, by: 1 | -1) => void;
  drop: (key: number, group: number, index: number) => void;
  /** What the server said about a part, and how many contacts it means. */
  placeOf: (path: Path) => string;
  problems: Problem[];
  counts: Record<string, number>;
}

export const Context = createContext<Tools>(null as unknown as Tools);

/** Say whether a choice is the very thing that is edited: a segment of itself is none. */
export function isItself(kind: string, value: string): boolean {
  const named = `${kind}:${value}`;
  return [...document.querySelectorAll<HTMLElement>("[data-itself]")].some((box) => box.dataset.itself === named);
}

export function useTools(): Tools {
  return useContext(Context);
}
