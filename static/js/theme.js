// Follows the system's light or dark; loaded before the first paint, so that nothing flashes.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const apply = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
dark.addEventListener("change", apply);
apply();
