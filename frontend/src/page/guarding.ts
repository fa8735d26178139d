// A form that keeps much is only left when there is a server that still knows who asks.
import { toast } from "./toasts";
import { word } from "./words";

const sure = new WeakSet<HTMLFormElement>();
// Pressed again while it is asked: that is the same press.
const asking = new WeakSet<HTMLFormElement>();

/** Say why a form cannot be sent now: the word of it, or nothing. */
async function hindrance(): Promise<string> {
  try {
    // Strangers are sent on to the sign-in.
    const answer = await fetch("/find?q=", { redirect: "manual" });
    return answer.type === "opaqueredirect" ? "signed_out" : answer.ok ? "" : "offline";
  } catch {
    return "offline";
  }
}

export function start(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-guarded]") || event.defaultPrevented || sure.delete(form)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking.has(form)) {
      return;
    }
    asking.add(form);
    const { submitter } = event;
    void hindrance().then((problem) => {
      asking.delete(form);
      if (problem) {
        toast(word(problem));
      } else {
        sure.add(form);
        form.requestSubmit(submitter);
      }
    });
  });
}
