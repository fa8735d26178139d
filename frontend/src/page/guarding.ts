// A form that keeps much is only left when there is a server that still knows who asks.
import { renew } from "./requests";
import { stay, toast } from "./toasts";
import { word } from "./words";

const sure = new WeakSet<HTMLFormElement>();
// Pressed again while it is asked: that is the same press.
const asking = new WeakSet<HTMLFormElement>();
// Takes away what says that one is signed out, while it does.
let away: (() => void) | null = null;

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

/** Say that the session has ended, with a way to begin another that leaves this page as it is. */
function signedOut(): void {
  const here = encodeURIComponent(location.pathname + location.search);
  away = stay(word("signed_out"), { href: `/account/login?next=${here}`, label: word("sign_in") });
}

/** Whoever signed in again brought another token: this page takes it over. */
async function signedIn(): Promise<void> {
  await renew();
  away?.();
  away = null;
}

export function start(): void {
  window.addEventListener("focus", async () => {
    if (away && !(await hindrance())) {
      await signedIn();
    }
  });
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
    void hindrance().then(async (problem) => {
      if (!problem && away) {
        await signedIn();
      }
      asking.delete(form);
      if (problem === "signed_out") {
        signedOut();
      } else if (problem) {
        toast(word(problem));
      } else {
        sure.add(form);
        form.requestSubmit(submitter);
      }
    });
  });
}
