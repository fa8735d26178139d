// The words of the design, which only the server knows.
import { filled, pageData, type Words } from "../page/words";

const texts = pageData<Words | null>("design-words") ?? {};

export function say(key: string, values: Record<string, string | number> = {}): string {
  return filled(texts[key] ?? key, values);
}

/** What a component is called; of one nobody knows, its name. */
export function nameOf(component: string): string {
  const key = `name_${component}`;
  return key in texts ? say(key) : component;
}
