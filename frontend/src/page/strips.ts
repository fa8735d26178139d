// Strips that scroll sideways on small screens begin where one is.

export function start(): void {
  for (const here of document.querySelectorAll<HTMLElement>(
    ".settings > .second [aria-current], .tabs [aria-current], .views [aria-current]",
  )) {
    const strip = here.parentElement;
    if (strip && strip.scrollWidth > strip.clientWidth) {
      const left = here.getBoundingClientRect().left - strip.getBoundingClientRect().left;
      strip.scrollLeft += left - (strip.clientWidth - here.offsetWidth) / 2;
    }
  }
}
