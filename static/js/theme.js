// Light or dark, as chosen in this browser, else as the system; loaded before the first paint.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Browsers may refuse to keep anything.
  }
  document.documentElement.setAttribute("data-bs-theme", chosen ?? (dark.matches ? "dark" : "light"));
};
dark.addEventListener("change", apply);
document.addEventListener("relais:theme", apply);
apply();
