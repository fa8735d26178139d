// Shows and hides a typed password; without this script the button is not there.
for (const button of document.querySelectorAll("[data-reveals]")) {
  const field = document.getElementById(button.dataset.reveals);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    field.focus();
  });
}

// After a mistake, begin where it is.
const mistaken = document.querySelector("[aria-invalid]") ?? document.querySelector(".row:has(.problem) .field");
mistaken?.focus();

// The browser knows where somebody is; they may still choose otherwise.
const zone = document.querySelector("select[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && [...zone.options].some((option) => option.value === own)) zone.value = own;
