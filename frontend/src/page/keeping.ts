// What is typed into a form and not saved yet is kept in this browser: a reload or a wrong press loses nothing.
const AGE = 14 * 24 * 3_600_000;
const PAUSE = 300;
// Who signs in anew has another token; two pages that share what was typed are no one sitting, and may contradict each other.
const ASIDE = new Set(["csrfmiddlewaretoken", "sitting"]);
const KEY = "relais:typed";
let timer = 0;

interface Kept {
  at: number;
  values: unknown;
}

/** Each page of each user has a place of its own. */
function place(): string {
  return `${mine()}${location.pathname}`;
}

function mine(): string {
  return `${KEY}:${document.body.dataset.user ?? ""}:`;
}

function kept(at: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(at) ?? "null") as Kept | null;
    return found && Date.now() - found.at < AGE ? found : null;
  } catch {
    return null;
  }
}

/** Forget what others typed in this browser, and what is too old; with `all`, also one's own. */
function drop(all: boolean): void {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(`${KEY}:`))) {
    if (all || !key.startsWith(mine()) || !kept(key)) {
      localStorage.removeItem(key);
    }
  }
}

/** Keep something for every page of this user; the last who does so wins. */
export function share(name: string, values: unknown): void {
  try {
    localStorage.setItem(mine() + name, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // No room, or none is allowed: it stays with its page.
  }
}

/** What some page of this user shared under a name; null where there is nothing. */
export function shared(name: string): unknown {
  return kept(mine() + name)?.values ?? null;
}

/** Call whenever another page shares something under a name. */
export function whenShared(name: string, act: () => void): void {
  window.addEventListener("storage", (event) => {
    if (event.key === mine() + name) {
      act();
    }
  });
}

function write(form: HTMLFormElement): void {
  const values = [...new FormData(form)].filter(([name]) => !ASIDE.has(name)).map(([name, value]) => [name, String(value)]);
  try {
    localStorage.setItem(place(), JSON.stringify({ at: Date.now(), values }));
  } catch {
    // No room, or none is allowed: leaving still asks.
  }
}

/** Forget what was kept of this page. */
export function forget(): void {
  window.clearTimeout(timer);
  timer = 0;
  try {
    localStorage.removeItem(place());
  } catch {
    // Nothing was kept, then.
  }
}

function fill(form: HTMLFormElement, values: [string, string][]): void {
  for (const field of form.elements) {
    const of = values.filter(([name]) => name === (field as HTMLInputElement).name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
      field.checked = of.includes(field.value);
    } else if (of.length && (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) {
      field.value = of[0];
    }
  }
}

/** Fill in what was kept of this page; true if there was something. Called before others read the form. */
export function restore(form: HTMLFormElement): boolean {
  const found = kept(place());
  if (found) {
    fill(form, found.values as [string, string][]);
  }
  return found !== null;
}

/** On a shared computer nobody reads what others typed. */
export function start(): void {
  drop(false);
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLFormElement).matches("[data-signs-out]")) {
      drop(true);
    }
  });
}

/** Keep from now on what is typed, until it is saved. */
export function keep(form: HTMLFormElement): void {
  const now = () => {
    window.clearTimeout(timer);
    if (timer) {
      timer = 0;
      write(form);
    }
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(now, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", now);
  form.addEventListener("relais:saved", forget);
}
