// The parts of the editor, its modes, its counts, the lists of segments.
import type { DesignMode } from "../design/start";
import { share, shared } from "../page/keeping";
import type { Code } from "./code";
import { byId } from "./words";

// The way of writing one was last in.
const WRITTEN = "email-written";

export function startSettings(editor: HTMLElement, form: HTMLFormElement, code: Code, design: DesignMode): void {
  const parts = [...document.querySelectorAll<HTMLElement>("button[data-part]")];
  const drawn = parts.find((button) => button.dataset.part === "design") as HTMLElement;
  const mode = form.elements.namedItem("mode") as HTMLSelectElement;
  const shown = () => editor.dataset.shown ?? "message";
  /** Which way of writing has the steps back: beside other parts, that one was last in. */
  let last = "message";
  const show = (part: string) => {
    design.leave();
    editor.dataset.shown = part;
    parts.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.part === part)));
    editor.querySelectorAll<HTMLElement>("[data-shows]").forEach((each) => {
      each.hidden = !(each.dataset.shows ?? "").split(" ").includes(part);
    });
    if (part === "design") {
      last = part;
      design.open();
    } else if (part === "message") {
      last = part;
      code.take();
    }
  };
  parts.forEach((button) =>
    button.addEventListener("click", (event) => {
      const part = button.dataset.part ?? "message";
      show(part);
      // Who is led there chose nothing.
      if (event.isTrusted && (part === "design" || part === "message")) {
        share(WRITTEN, part);
      }
    }),
  );
  // HTML has no blocks to move.
  const choose = () => {
    drawn.hidden = mode.value !== "mjml";
    if (drawn.hidden && shown() === "design") {
      show("message");
    }
  };
  mode.addEventListener("change", () => {
    code.show(mode.value);
    choose();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "e" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      const part = shown() === "design" ? "message" : "design";
      if (parts.some((button) => !button.hidden && button.dataset.part === part)) {
        show(part);
        share(WRITTEN, part);
      }
    }
  });
  choose();
  show(drawn.hidden || shared(WRITTEN) === "message" ? "message" : "design");
  const step = (name: "undo" | "redo") => {
    if (last === "design" && mode.value === "mjml") {
      design[name]();
    } else {
      // The code may have been hidden while another way was written in.
      code.take();
      code[name]();
    }
  };
  byId("email-undo").addEventListener("click", () => step("undo"));
  byId("email-redo").addEventListener("click", () => step("redo"));
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
