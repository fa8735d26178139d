// The picker of personal values: put where one wrote last, in the code, subject, preview text or plain text.
import { pageData } from "../page/words";
import type { Code, TokenGroup } from "./code";
import { byId, say } from "./words";

type Field = HTMLInputElement | HTMLTextAreaElement;

export function written(path: string): string {
  const plain = path.endsWith("_url") || path === "today" || path.startsWith("email.");
  return plain ? `{{ ${path} }}` : `{{ ${path}|default("${say("fallback")}") }}`;
}

export function startTokens(form: HTMLFormElement, code: Code): void {
  const groups = pageData<TokenGroup[]>("email-tokens");
  const search = byId<HTMLInputElement>("token-search");
  const list = byId<HTMLElement>("token-list");
  let last: Field | null = null;
  form.addEventListener("focusin", (event) => {
    const field = event.target as HTMLElement;
    if (field.matches("#id_subject, #id_preheader, #id_text, #id_from_name")) {
      last = field as Field;
    } else if (field.closest(".cm-editor")) {
      last = null;
    }
  });
  const put = (path: string) => {
    const text = written(path);
    if (last) {
      last.setRangeText(text, last.selectionStart ?? 0, last.selectionEnd ?? 0, "end");
      last.dispatchEvent(new Event("input", { bubbles: true }));
      last.focus();
    } else {
      code.insert(text);
    }
  };
  const fill = () => {
    const wanted = search.value.trim().toLowerCase();
    list.replaceChildren();
    for (const group of groups) {
      const found = group.tokens.filter((token) => `${token.path} ${token.label}`.toLowerCase().includes(wanted));
      if (!found.length) {
        continue;
      }
      const head = document.createElement("div");
      head.className = "dropdown-header";
      head.textContent = group.label;
      list.append(head, ...found.map((token) => line(token, put)));
    }
  };
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    fill();
  });
  arrowsLeadTo(search, list);
  fill();
}

/** From the search of a menu the arrow leads into its lines, Enter takes the first of those found. */
export function arrowsLeadTo(search: HTMLInputElement, list: HTMLElement, find?: () => Promise<void>): void {
  const first = () => list.querySelector<HTMLElement>("button");
  search.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      first()?.focus();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (search.value.trim()) {
        await find?.();
        first()?.click();
      }
    }
  });
}

function line(token: { path: string; label: string }, put: (path: string) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dropdown-item";
  const name = document.createElement("span");
  name.className = "grow clip";
  name.textContent = token.label;
  const path = document.createElement("span");
  path.className = "mono quiet";
  path.textContent = token.path;
  button.append(name, path);
  button.addEventListener("click", () => {
    put(token.path);
    const opener = button.closest(".dropdown")?.querySelector<HTMLElement>("[data-bs-toggle]");
    if (opener?.getAttribute("aria-expanded") === "true") {
      opener.click();
    }
  });
  return button;
}
