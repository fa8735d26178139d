// Blocks are copied, cut and pasted by key, also into another email or its code: they are text.
import { insertPiece, remove } from "./editing";
import { copied, pieceOf } from "./pieces";
import * as store from "./store";
import { nameOf, say } from "./words";

/** Hear a page: that around, or that of the frame. */
export function hear(page: Document, isMeant: (event: Event) => boolean): () => void {
  const copy = (event: ClipboardEvent) => {
    const block = store.selectedBlock();
    // Words that are selected are what is meant.
    const words = page.getSelection()?.toString() || document.getSelection()?.toString();
    const text = block && !words && !event.defaultPrevented && isMeant(event) ? copied(store.get().tree, block.path) : "";
    if (block && text) {
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
      if (event.type === "cut") {
        remove();
      } else {
        store.announce(say("copied", { name: nameOf(block.name) }));
      }
    }
  };
  const paste = (event: ClipboardEvent) => {
    const piece = !event.defaultPrevented && isMeant(event) ? pieceOf(event.clipboardData?.getData("text/plain") ?? "") : null;
    if (piece) {
      event.preventDefault();
      insertPiece(piece);
    }
  };
  page.addEventListener("copy", copy);
  page.addEventListener("cut", copy);
  page.addEventListener("paste", paste);
  return () => {
    page.removeEventListener("copy", copy);
    page.removeEventListener("cut", copy);
    page.removeEventListener("paste", paste);
  };
}
