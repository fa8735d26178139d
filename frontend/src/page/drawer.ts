// The menu of small screens: opened by the bottom bar, closed by Escape or a touch beside it.

export function start(): void {
  const side = document.getElementById("side");
  const opener = document.querySelector<HTMLElement>("[data-opens-menu]");
  if (!side || !opener) {
    return;
  }
  let scrim: HTMLElement | null = null;
  const close = () => {
    side.classList.remove("open");
    scrim?.remove();
    scrim = null;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  };
  opener.addEventListener("click", () => {
    if (scrim) {
      close();
      return;
    }
    scrim = document.createElement("div");
    scrim.className = "scrim";
    scrim.addEventListener("click", close);
    document.body.append(scrim);
    side.classList.add("open");
    opener.setAttribute("aria-expanded", "true");
    side.querySelector<HTMLElement>("a")?.focus();
  });
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && scrim) {
      close();
    }
  });
}
