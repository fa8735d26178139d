// The four sides of a spacing, as CSS reads its short forms.
export const SIDES = ["top", "right", "bottom", "left"];

export function sidesOf(short: string): string[] {
  const [top = "", right = top, bottom = top, left = right] = short.trim().split(/\s+/);
  return [top, right, bottom, left];
}

function shortest([top, right, bottom, left]: string[]): string {
  if (top === bottom && right === left) {
    return top === right ? top : `${top} ${right}`;
  }
  return [top, right, bottom, left].join(" ");
}

/** The attributes that say this of the sides; what is empty of them is left to the email. */
export function stated(name: string, sides: string[], usual: string[]): Record<string, string> {
  const each = (value: (index: number) => string) => Object.fromEntries(SIDES.map((side, index) => [`${name}-${side}`, value(index)]));
  if (!sides.some(Boolean)) {
    return { [name]: "", ...each(() => "") };
  }
  // Only the space around has attributes for single sides.
  if (name === "padding" && !sides.every(Boolean)) {
    return { [name]: "", ...each((index) => sides[index]) };
  }
  return { [name]: shortest(sides.map((side, index) => side || usual[index] || "0")), ...each(() => "") };
}
