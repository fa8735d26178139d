// Light, dark or as the system: kept in this browser, applied before the first paint by theme.js.

export function start(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme]");
    if (!button) {
      return;
    }
    const theme = button.dataset.theme ?? "system";
    if (theme === "system") {
      localStorage.removeItem("theme");
    } else {
      localStorage.setItem("theme", theme);
    }
    document.dispatchEvent(new Event("relais:theme"));
    show();
  });
  show();
}

function show(): void {
  const current = localStorage.getItem("theme") ?? "system";
  document.querySelectorAll<HTMLElement>("[data-theme]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.theme === current));
  });
}
