// A form that keeps much is only left when there is a server that still knows who asks.
import { type Hindrance, hindrance } from "./requests";
import { stay, toast } from "./toasts";
import { word } from "./words";

const sure = new WeakSet<HTMLFormElement>();
// Pressed again while it is asked: that is the same press.
const asking = new WeakSet<HTMLFormElement>();
// Takes away what says that one is signed out, while it does.
let away: (() => void) | null = null;

/** Say what hinders; where the session has ended, with a way to begin another that leaves this page as it is. */
function tell(problem: Hindrance): void {
  if (problem === "offline") {
    toast(word(problem));
  } else {
    const here = encodeURIComponent(location.pathname + location.search);
    away = stay(word(problem), { href: `/account/login?next=${here}`, label: word("sign_in") });
  }
}

function signedIn(): void {
  away?.();
  away = null;
}

export function start(): void {
  window.addEventListener("focus", async () => {
    if (away && !(await hindrance())) {
      signedIn();
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
    void hindrance().then((problem) => {
      asking.delete(form);
      if (problem) {
        tell(problem);
      } else {
        signedIn();
        sure.add(form);
        form.requestSubmit(submitter);
      }
    });
  });
}
