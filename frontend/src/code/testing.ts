// Test mails: what stands in the editor, to a few addresses.
import { csrf, insist } from "../page/requests";
import { toast } from "../page/toasts";
import type { Preview } from "./preview";
import { addresses, byId, emailOf, say } from "./words";

export function startTest(form: HTMLFormElement, preview: Preview): void {
  const dialog = byId<HTMLDialogElement>("test-dialog");
  const asked = byId<HTMLFormElement>("test-form");
  const problem = byId<HTMLElement>("test-problem");
  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = asked.querySelector<HTMLButtonElement>("button[type='submit']")!;
    button.disabled = true;
    problem.hidden = true;
    const body = new FormData(form);
    body.delete("csrfmiddlewaretoken");
    body.set("to", byId<HTMLInputElement>("test-to").value);
    body.set("contact", preview.contact);
    // As which audience it is shown, too.
    form.dispatchEvent(new CustomEvent("relais:tests", { detail: body }));
    body.set("email", emailOf(form));
    try {
      const answer = await insist(() => fetch(addresses.test, { method: "POST", body, headers: { "X-CSRFToken": csrf() } }));
      const told = (await answer.json().catch(() => ({}))) as { sent?: string[]; problem?: string };
      if (told.sent) {
        dialog.close();
        toast(say("sent", { addresses: told.sent.join(", ") }));
      } else {
        problem.querySelector("span")!.textContent = told.problem ?? say("failed");
        problem.hidden = false;
      }
    } finally {
      button.disabled = false;
    }
  });
}
