// Days and hours as `kernel/moments.py` writes them on the pages around: one style, the reader's language and zone.
const { lang, dataset } = document.documentElement;
// English as it is read in Europe: the day before the month.
const locale = !lang || lang === "en" ? "en-GB" : lang;
const formats = new Map<string, Intl.DateTimeFormat>();

function written(value: Date, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  const parts = format.formatToParts(value);
  return parts.map((part) => (part.type === "day" && options.month ? numbered(part.value) : part.value)).join("");
}

/** The first of a month is an ordinal in French, the other days are not. */
function numbered(day: string): string {
  return day === "1" && locale.startsWith("fr") ? "1er" : day;
}

/** The year of an instant in a zone, to leave out where it is this one. */
function yearOf(value: Date, timeZone: string | undefined): string {
  return written(value, { year: "numeric", timeZone });
}

/** `14:05`. */
export function hour(value: Date, timeZone = dataset.zone): string {
  return written(value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
}

/** `9 Nov`, of a day as the server writes it: `2026-11-09`. */
export function dayOfYear(value: string): string {
  return written(new Date(`${value}T00:00:00Z`), { day: "numeric", month: "short", timeZone: "UTC" });
}

/** `Mon 9 Nov 2026, 14:05`, of what a native field holds: `2026-11-09T14:05`, or the day alone. */
export function inWords(value: string): string {
  const at = new Date(value.includes("T") ? `${value}Z` : `${value}T00:00:00Z`);
  if (!value || Number.isNaN(at.getTime())) return "";
  const day = written(at, { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).replace(/^(\S+),/, "$1");
  return value.includes("T") ? `${day}, ${hour(at, "UTC")}` : day;
}

/** `9 Nov, 14:05`, with its year where that is another one. */
export function moment(value: Date, timeZone = dataset.zone, options: Intl.DateTimeFormatOptions = {}): string {
  const year = yearOf(value, timeZone) === yearOf(new Date(), timeZone) ? undefined : "numeric";
  return `${written(value, { ...options, day: "numeric", month: "short", year, timeZone })}, ${hour(value, timeZone)}`;
}
