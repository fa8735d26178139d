// Questions and sheets: [data-opens="id"] opens a dialog of the page, [data-closes] closes it.
// Content from the server lands in #dialog (hx-target="#dialog .content") and opens by itself.

// Nobody has to get capitals and spaces right.
function bare(text: string): string {
  return text.replace(/\s/g, "").toLowerCase();
}

export function start(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) {
      event.preventDefault();
      (document.getElementById(opener.dataset.opens ?? "") as HTMLDialogElement | null)?.showModal();
      return;
    }
    if (target.closest("[data-closes]")) {
      event.preventDefault();
      target.closest("dialog")?.close();
    }
    // A press on the backdrop is a press on the dialog itself.
    if (target instanceof HTMLDialogElement && target.matches("dialog")) {
      target.close();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = (event.target as Element).closest?.("dialog");
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      dialog.showModal();
    }
    dialog?.querySelector<HTMLElement>("[autofocus], [aria-invalid='true']")?.focus();
  });
  // A word or number typed (one of those in the lines of data-unlocks) to confirm unlocks the button.
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    const expected = field.dataset?.unlocks;
    if (expected !== undefined) {
      const button = field.form?.querySelector<HTMLButtonElement>("button[type='submit']");
      const words = expected.split("\n").map(bare).filter(Boolean);
      button?.toggleAttribute("disabled", !words.includes(bare(field.value)));
    }
  });
}
