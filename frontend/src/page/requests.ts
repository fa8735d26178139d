// What every request of a page carries, and what is told when one fails.
import { toast } from "./toasts";
import { word } from "./words";

/** The token that proves a request comes from our page. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

// What the server's two doors say of a token that is not of this session.
const OLD_TOKEN = /data-old-token|CSRF Failed/;

export type Hindrance = "" | "signed_out" | "somebody_else" | "offline";

/**
 * Say why nothing can be sent now: the word of it, or nothing. Who signed in again brought another
 * token, for the one of this page died with the session: it is taken over.
 */
export async function hindrance(): Promise<Hindrance> {
  let session: { user: string; token: string };
  try {
    session = await (await fetch("/session")).json();
  } catch {
    return "offline";
  }
  if (!session.user) {
    return "signed_out";
  }
  if (session.user !== document.body.dataset.user) {
    return "somebody_else";
  }
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", session.token);
  document.querySelectorAll<HTMLInputElement>('input[name="csrfmiddlewaretoken"]').forEach((field) => (field.value = session.token));
  return "";
}

/** Send what `asked` sends, and once more where the session of the page was followed by another of the same person. */
export async function insist(asked: () => Promise<Response>): Promise<Response> {
  const answer = await asked();
  if (answer.status !== 403 || !OLD_TOKEN.test(await answer.clone().text())) {
    return answer;
  }
  const problem = await hindrance();
  if (problem === "somebody_else") {
    toast(word(problem));
  }
  return problem ? answer : asked();
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: { errors?: { field: string | null; code: string; message: string }[]; [key: string]: unknown },
  ) {
    super(messages(body).join(" ") || word("failed"));
  }
}

/** What an answer says: one that is none of ours, of a proxy on the way, says nothing. */
function messages(body: Refusal["body"] | null): string[] {
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  return errors.map((error) => error.message).filter(Boolean);
}

/** Say why a request failed: there is always something to say. */
export function reasons(error: unknown): string[] {
  if (!(error instanceof Refusal)) {
    return [word("offline")];
  }
  const said = messages(error.body);
  return said.length ? said : [error.message];
}

/** Call the REST API as the signed-in user; throws a Refusal with the server's errors. */
export async function call<T>(
  method: string, path: string, body?: unknown, signal?: AbortSignal, headers: Record<string, string> = {},
): Promise<T> {
  const response = await insist(() => fetch(`/api/v1/${path}`, {
    method,
    signal,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "X-CSRFToken": csrf(),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }));
  if (!response.ok) {
    throw new Refusal(response.status, await response.json().catch(() => ({})));
  }
  // An answer cut off on its way must fail: an empty object would pass for what was asked.
  return (response.status === 204 ? null : await response.json()) as T;
}

/** What a page asks by itself, such as the bell, fails in silence: nobody waits for it, and it asks again. */
function isUnattended(event: Event): boolean {
  const { elt } = (event as CustomEvent<{ elt?: Element }>).detail;
  return elt instanceof Element && elt.hasAttribute("data-unattended");
}

/** A tab nobody looks at asks nothing by itself; shown again, it asks at once. */
function restWhileHidden(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isUnattended(event) && document.visibilityState === "hidden") {
      event.preventDefault();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      document.querySelectorAll("[data-unattended]").forEach((each) => each.dispatchEvent(new Event("shown")));
    }
  });
}

export function start(): void {
  restWhileHidden();
  document.addEventListener("htmx:configRequest", (event) => {
    (event as CustomEvent).detail.headers["X-CSRFToken"] = csrf();
  });
  // Answers that explain themselves (a form with its errors, a conflict) are shown in place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = (event as CustomEvent).detail;
    if ([400, 409, 422].includes(detail.xhr.status)) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (isUnattended(event)) {
      return;
    }
    const { status, responseText } = (event as CustomEvent).detail.xhr;
    if (status === 403 && OLD_TOKEN.test(responseText)) {
      void hindrance().then((problem) => toast(word(problem || "again")));
    } else {
      toast(word(status === 403 ? "forbidden" : "failed"));
    }
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!isUnattended(event)) {
      toast(word("offline"));
    }
  });
}
