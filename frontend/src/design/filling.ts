// Which attributes of a block an image of the library fills; all others stay as they are.
import type { Picture } from "../media/uploading";
import { type Block, own } from "./reading.ts";

/** A mail is so wide; pictures for it have twice as many pixels. */
const WIDE = 600;

/** The width that a picture is given: a logo would be drawn as wide as its column. */
function narrow(picture: Picture | undefined): string {
  return picture && picture.width < WIDE ? `${picture.width}px` : "";
}

/** What to set of a block whose field `name` is to show a picture; `former` is the one it showed, where that is known. */
export function valuesOf(block: Block, name: string, picture: Picture, former?: Picture): Record<string, string> {
  const values: Record<string, string> = { [name]: picture.url };
  // What came with the former picture goes with it; what somebody wrote themselves stays.
  const replaces = (attribute: string, came: string | undefined) => (own(block, attribute) ?? came) === came;
  if (name === "src" && replaces("alt", former?.alt || undefined)) {
    values.alt = picture.alt;
  }
  if (block.name === "mj-image" && replaces("width", narrow(former) || undefined)) {
    values.width = narrow(picture);
  }
  if (block.name === "mj-hero") {
    // Outlook draws it by these alone.
    const width = Math.min(picture.width, WIDE);
    values["background-width"] = `${width}px`;
    values["background-height"] = `${Math.max(1, Math.round((picture.height * width) / picture.width))}px`;
  }
  return values;
}
