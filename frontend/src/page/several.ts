// Fields of several names, such as tags: what is chosen stands as chips, what there is, is offered as one types.
import { fold, ranked } from "./ranking";
import { word } from "./words";

const MOST = 8;
let lists = 0;
let lines = 0;

function same(one: string, other: string): boolean {
  return one.trim().toLocaleLowerCase() === other.trim().toLocaleLowerCase();
}

let pressing = false;

/** Do something once what is being pressed is let go: nothing moves away under the finger. */
function afterwards(act: () => void): void {
  if (pressing) {
    document.addEventListener("pointerup", () => window.setTimeout(act, 50), { once: true });
  } else {
    window.setTimeout(act);
  }
}

class Several {
  private chips = document.createElement("span");
  private list = document.createElement("ul");
  private marked = -1;

  constructor(private field: HTMLInputElement, private known: string[]) {
    const box = document.createElement("div");
    box.className = "several";
    this.chips.className = "chosen";
    this.chips.setAttribute("aria-live", "polite");
    lists += 1;
    Object.assign(this.list, { id: `offered-${lists}`, className: "offered", hidden: true, role: "listbox" });
    this.list.setAttribute("aria-label", field.labels?.[0]?.textContent?.trim() ?? "");
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-expanded", "false");
    const focused = document.activeElement === field;
    field.replaceWith(box);
    box.append(this.chips, field);
    box.after(this.list);
    if (focused) {
      field.focus();
    }
    if (focused && field.value !== field.defaultValue) {
      // Somebody types already: the word is not finished.
      this.typed();
    } else {
      this.takeTyped();
    }
    box.addEventListener("click", (event) => event.target === box && field.focus());
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => afterwards(() => document.activeElement !== field && this.takeTyped() && this.tell()));
    // The field keeps the focus while a line is pressed.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const line = (event.target as Element).closest<HTMLElement>("li");
      if (line) {
        this.choose(line.dataset.name ?? "");
      }
    });
  }

  private chosen(): string[] {
    return [...this.chips.querySelectorAll("input")].map((each) => each.value);
  }

  /** What changed is heard by whoever guards the form. */
  private tell(): void {
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private typed(): void {
    if (this.field.value.includes(",")) {
      const parts = this.field.value.split(",");
      this.field.value = parts.pop()!.trimStart();
      parts.forEach((part) => this.add(part));
    }
    this.offer();
  }

  private offer(): void {
    const text = this.field.value.trim();
    const taken = this.chosen();
    const free = this.known.filter((name) => fold(name).includes(fold(text)) && !taken.some((other) => same(other, name)));
    const found = text ? ranked(free, text, (name) => name).slice(0, MOST) : [];
    const isNew = text && !this.known.some((name) => same(name, text)) && !taken.some((name) => same(name, text));
    this.list.replaceChildren(...found.map((name) => this.line(name, name)));
    if (isNew && this.field.dataset.several === "new") {
      this.list.append(this.line(text, word("new_name", { name: text })));
    }
    this.mark(-1);
    this.list.hidden = !this.list.children.length;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  private line(name: string, shown: string): HTMLLIElement {
    const line = document.createElement("li");
    lines += 1;
    line.id = `offered-line-${lines}`;
    line.setAttribute("role", "option");
    line.dataset.name = name;
    line.textContent = shown;
    return line;
  }

  private mark(place: number): void {
    this.marked = place;
    [...this.list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === place)));
    const line = this.list.children[place];
    if (line) {
      this.field.setAttribute("aria-activedescendant", line.id);
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  private pressed(event: KeyboardEvent): void {
    const count = this.list.hidden ? 0 : this.list.children.length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const from = this.marked < 0 && event.key === "ArrowUp" ? 0 : this.marked;
      this.mark((from + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter" && this.field.value.trim() && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      this.choose((this.list.children[this.marked] as HTMLElement | undefined)?.dataset.name ?? this.field.value);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && !this.field.value && this.chips.lastElementChild) {
      this.chips.lastElementChild.remove();
      this.tell();
    }
  }

  private close(): void {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
  }

  private choose(name: string): void {
    this.field.value = "";
    this.add(name);
    this.tell();
  }

  /** Make chips of what stands in the field; true where there was something. */
  private takeTyped(): boolean {
    const names = this.field.value.split(",").filter((part) => part.trim());
    this.field.value = "";
    names.forEach((name) => this.add(name));
    this.close();
    return names.length > 0;
  }

  private add(written: string): void {
    const name = this.known.find((each) => same(each, written)) ?? written.trim();
    if (!name || this.chosen().some((other) => same(other, name))) {
      return;
    }
    const chip = document.createElement("span");
    chip.className = "chip";
    const label = document.createElement("span");
    Object.assign(label, { className: "clip", textContent: name, title: name });
    const value = document.createElement("input");
    Object.assign(value, { type: "hidden", name: this.field.name, value: name });
    const away = document.createElement("button");
    Object.assign(away, { type: "button", className: "chip-x", textContent: "×" });
    away.setAttribute("aria-label", word("remove_name", { name }));
    away.addEventListener("click", () => {
      chip.remove();
      this.tell();
      this.field.focus();
    });
    chip.append(label, value, away);
    this.chips.append(chip);
  }
}

function enhance(root: Element | Document): void {
  for (const field of root.querySelectorAll<HTMLInputElement>("input[data-several][list]")) {
    const known = [...(field.list?.querySelectorAll("option") ?? [])].map((each) => each.value);
    field.removeAttribute("list");
    new Several(field, known);
  }
}

export function start(): void {
  document.addEventListener("pointerdown", () => (pressing = true), true);
  document.addEventListener("pointerup", () => (pressing = false), true);
  document.addEventListener("pointercancel", () => (pressing = false), true);
  enhance(document);
  document.addEventListener("htmx:load", (event) => enhance(event.target as Element));
}
