// What every request of a page carries, and what is told when one fails.
import { toast } from "./toasts";
import { word } from "./words";

/** The token that proves a request comes from our page. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Take the token over that came with signing in again: the one of this page died with the session. */
export async function renew(): Promise<void> {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const token = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) {
    document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
    document.querySelectorAll<HTMLInputElement>('input[name="csrfmiddlewaretoken"]').forEach((field) => (field.value = token));
  }
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: { errors?: { field: string | null; code: string; message: string }[]; [key: string]: unknown },
  ) {
    super(body.errors?.map((error) => error.message).join(" ") || word("failed"));
  }
}

/** Call the REST API as the signed-in user; throws a Refusal with the server's errors. */
export async function call<T>(
  method: string, path: string, body?: unknown, signal?: AbortSignal, headers: Record<string, string> = {},
): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, {
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
  });
  if (!response.ok) {
    throw new Refusal(response.status, await response.json().catch(() => ({})));
  }
  // An answer cut off on its way must fail: an empty object would pass for what was asked.
  return (response.status === 204 ? null : await response.json()) as T;
}

export function start(): void {
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
    const status = (event as CustomEvent).detail.xhr.status;
    toast(word(status === 403 ? "forbidden" : "failed"));
  });
  document.addEventListener("htmx:sendError", () => toast(word("offline")));
}
