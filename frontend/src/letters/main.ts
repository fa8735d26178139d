// Pages of emails: progress of a run, figures, mails in frames. Their scripts are htmx's alone, but for one:
// who sets an hour means to send then.
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
