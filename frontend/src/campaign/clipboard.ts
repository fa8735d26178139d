// Copied steps, for every campaign that is opened in this browser.
import { share, shared, whenShared } from "../page/keeping";
import type { Copy } from "./graph";
import * as store from "./store";
import { page } from "./words";

const NAME = "steps";

/** Copied steps, and in which campaign. */
export interface Copied extends Copy {
  from: string;
}

export function put(copy: Copy): void {
  const copied = { ...copy, from: page.id };
  store.set({ copied });
  share(NAME, copied);
}

/** Know what is copied elsewhere, also while this page is open. */
export function start(): void {
  const read = () => {
    const copied = shared(NAME) as Copied | null;
    store.set({ copied: copied?.nodes?.length ? copied : null });
  };
  read();
  whenShared(NAME, read);
}
