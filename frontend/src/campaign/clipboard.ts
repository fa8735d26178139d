// Copied steps, for every campaign that is opened in this browser.
import { share, shared, whenShared } from "../page/keeping";
import type { Copy } from "./graph";
import * as store from "./store";

const NAME = "steps";

export function put(copied: Copy): void {
  store.set({ copied });
  share(NAME, copied);
}

/** Know what is copied elsewhere, also while this page is open. */
export function start(): void {
  const read = () => {
    const copied = shared(NAME) as Copy | null;
    store.set({ copied: copied?.nodes.length ? copied : null });
  };
  read();
  whenShared(NAME, read);
}
