// As whom the mail is shown: any contact the author may see, by name or address.
import type { Preview } from "./preview";
import { arrowsLeadTo } from "./tokens";
import { addresses, byId, say } from "./words";

interface Person {
  id: string;
  name: string;
  email: string;
}

export function startPeople(preview: Preview): void {
  const search = document.getElementById("person-search") as HTMLInputElement | null;
  if (!search) {
    return;
  }
  const list = byId<HTMLElement>("person-list");
  const opener = search.closest(".dropdown")?.querySelector<HTMLElement>("[data-bs-toggle]");
  let timer = 0;
  const choose = (person: Person) => {
    preview.as(person);
    opener?.click();
  };
  const find = async () => {
    const answer = await fetch(`${addresses.people}?q=${encodeURIComponent(search.value)}`);
    const found = answer.ok ? ((await answer.json()) as { people: Person[] }).people : [];
    // Who types looks for somebody.
    const nobody = search.value.trim() ? [] : [{ id: "", name: say("anybody"), email: "" }];
    list.replaceChildren(...[...nobody, ...found].map((person) => line(person, choose)));
    if (!found.length) {
      const none = document.createElement("p");
      none.className = "meta";
      none.textContent = say("nobody");
      list.append(none);
    }
  };
  search.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, 250);
  });
  arrowsLeadTo(search, list, () => {
    // Enter means what is typed by now, not what was found for less of it.
    window.clearTimeout(timer);
    return find();
  });
  opener?.addEventListener("shown.bs.dropdown", () => {
    search.focus();
    void find();
  });
}

function line(person: Person, choose: (person: Person) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dropdown-item";
  const name = document.createElement("span");
  name.className = "clip";
  name.textContent = person.name;
  const beside = document.createElement("span");
  beside.className = "clip quiet";
  beside.textContent = person.email === person.name ? "" : person.email;
  button.append(name, beside);
  button.addEventListener("click", () => choose(person));
  return button;
}
