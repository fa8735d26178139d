// What is laid over the mail where there is no room beside it.
import * as store from "./store";

/** Close it; the focus goes where it was opened. */
export function closeSheet(name: "left" | "right"): void {
  store.set({ sheet: "" });
  document.querySelector<HTMLElement>(`#email-design [data-sheet="${name}"]`)?.focus();
}
