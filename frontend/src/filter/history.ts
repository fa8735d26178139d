// Undo and redo: whole trees are kept, for they share all that did not change.
import { useRef, useState } from "preact/hooks";
import type { Json } from "./tree";

const KEPT = 100;
// Letters typed in one go are one step.
const ONE_GO = 1_000;
type State = Json | null;

export interface History {
  push: (next: State, series?: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

export function useHistory(value: State, onChange: (value: State) => void): History {
  const past = useRef<State[]>([]);
  const future = useRef<State[]>([]);
  const last = useRef({ series: "", at: 0 });
  const [, again] = useState({});

  const go = (from: State[], to: State[]) => {
    if (from.length) {
      to.push(value);
      last.current = { series: "", at: 0 };
      onChange(from.pop()!);
      again({});
    }
  };
  return {
    push: (next, series = "") => {
      if (next === value) {
        return;
      }
      const now = Date.now();
      const together = series !== "" && series === last.current.series && now - last.current.at < ONE_GO;
      if (!together) {
        past.current = [...past.current.slice(1 - KEPT), value];
      }
      last.current = { series, at: now };
      future.current = [];
      onChange(next);
    },
    undo: () => go(past.current, future.current),
    redo: () => go(future.current, past.current),
    canUndo: past.current.length > 0,
    canRedo: future.current.length > 0,
  };
}
