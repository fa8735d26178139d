// The parts of the editor, its modes, its counts, the lists of segments.
import type { Code } from "./mirror";
import { byId } from "./words";

export function startSettings(editor: HTMLElement, form: HTMLFormElement, code: Code): void {
  const parts = [...document.querySelectorAll<HTMLElement>("button[data-part]")];
  parts.forEach((button) =>
    button.addEventListener("click", () => {
      const part = button.dataset.part ?? "message";
      editor.dataset.shown = part;
      parts.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
      editor.querySelectorAll<HTMLElement>("[data-shows]").forEach((each) => {
        each.hidden = each.dataset.shows !== part && !(part === "preview" && each.dataset.shows === "message");
      });
    }),
  );
  const mode = form.elements.namedItem("mode") as HTMLSelectElement;
  mode.addEventListener("change", () => code.show(mode.value));
  byId("email-undo").addEventListener("click", () => code.undo());
  byId("email-redo").addEventListener("click", () => code.redo());
  byId("email-search").addEventListener("click", () => code.search());

  const type = form.elements.namedItem("type") as HTMLSelectElement;
  const kinds = () => {
    form.querySelectorAll<HTMLElement>("[data-for-type]").forEach((each) => {
      each.hidden = each.dataset.forType !== type.value;
    });
  };
  type.addEventListener("change", kinds);
  kinds();

  form.querySelectorAll<HTMLElement>("[data-counts]").forEach((count) => {
    const field = byId<HTMLInputElement>(count.dataset.counts ?? "");
    const show = () => (count.textContent = String([...field.value].length));
    field.addEventListener("input", show);
    show();
  });
  form.querySelectorAll<HTMLInputElement>(".narrows").forEach((search) =>
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = search.value.trim().toLowerCase();
      search.parentElement?.querySelectorAll<HTMLElement>(".pick").forEach((pick) => {
        pick.hidden = !(pick.textContent ?? "").toLowerCase().includes(wanted);
      });
    }),
  );
}
