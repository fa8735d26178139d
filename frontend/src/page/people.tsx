// People as they stand in lists beside the builder.

export interface Person {
  id: string;
  email: string | null;
  first_name: string | null;
  last_name: string | null;
  city?: string | null;
}

const HUES = 7;

export function nameOf(person: Person): string {
  return [person.first_name, person.last_name].filter(Boolean).join(" ") || person.email || `#${person.id}`;
}

export function Face({ person }: { person: Person }) {
  const words = nameOf(person).replace("@", " ").split(" ").filter(Boolean);
  const initials = [words[0], words.length > 1 ? words[words.length - 1] : ""].map((word) => word?.[0] ?? "").join("");
  const hue = [...nameOf(person)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
  return <span class={`avatar hue-${hue}`} aria-hidden="true">{initials.toUpperCase()}</span>;
}
