// [data-copies="id"] puts the text of that element on the clipboard; without one it selects it.
import { toast } from "./toasts";
import { word } from "./words";

export function start(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copies]");
    const source = button && document.getElementById(button.dataset.copies ?? "");
    if (!source) {
      return;
    }
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      toast(word("copied"));
    } catch {
      window.getSelection()?.selectAllChildren(source);
    }
  });
}
