// The key that goes with others: ⌘ on Apple's keyboards, Ctrl on all else.
const apple = /Mac|iPhone|iPad|iPod/.test(navigator.platform);

/** Write a key pressed with it, such as ⌘Z or Ctrl Z. */
export function command(key: string, shift = false): string {
  return apple ? `${shift ? "⇧" : ""}⌘${key}` : `Ctrl ${shift ? "⇧" : ""}${key}`;
}

export function start(): void {
  document.documentElement.toggleAttribute("data-apple", apple);
}
