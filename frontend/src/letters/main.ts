// Pages of emails: progress of a run, figures, mails in frames. Their scripts are htmx's alone, but for two:
// who sets an hour means to send then, and a table that was opened stays open while the figures move.
import "./letters.css";

document.addEventListener("input", (event) => {
  const field = event.target as HTMLElement;
  if (field.matches("input.when")) {
    const choice = field.parentElement?.querySelector<HTMLInputElement>("input[value='at']");
    if (choice) {
      choice.checked = true;
    }
  }
});

let open = false;
document.addEventListener("htmx:beforeSwap", () => {
  open = !!document.querySelector("#progress .plot details[open]");
});
document.addEventListener("htmx:afterSwap", () => {
  const details = document.querySelector<HTMLDetailsElement>("#progress .plot details");
  if (details && open) {
    details.open = true;
  }
});
