// An image in the mail: which attributes an image of the library fills, and which stay as they are.
import { addresses } from "../code/words";
import type { Picture } from "../media/uploading";
import { valuesOf } from "./filling";
import { own } from "./reading";
import * as setting from "./setting";
import * as store from "./store";
import { say } from "./words";

/** The field that names the image of a block; none where it has no image. */
export function fieldOf(name: string): string {
  return { "mj-image": "src", "mj-carousel-image": "src", "mj-hero": "background-url", "mj-section": "background-url", "mj-wrapper": "background-url" }[name] ?? "";
}

export const mayLook = addresses?.images_view === "yes";
export const mayBring = mayLook && addresses?.images_create === "yes";

/** Ask for the image of a block. */
export function ask(path: string): boolean {
  const block = store.get().tree.blocks.get(path);
  const name = block && fieldOf(block.name);
  if (!name || !mayLook) {
    return false;
  }
  store.set({ choosing: { path, name } });
  return true;
}

/** The path by which this site shows an image of its library; nothing of other sites is fetched. */
export function shown(address: string): string {
  const found = /\/m\/[0-9a-f]{32}\.(?:jpg|png|gif)$/.exec(address.trim());
  return found ? found[0] : "";
}

/** What is known of the library by now, by the address in mails. */
const known = new Map<string, Picture>();

export function learn(pictures: Picture[]): void {
  pictures.forEach((picture) => known.set(picture.url, picture));
}

/** Put an address in. */
export function putAddress(path: string, name: string, address: string): void {
  setting.setValues(path, { [name]: address });
}

/** Put an image of the library in: its address, and what the block lacks or the picture decides. */
export function put(path: string, name: string, picture: Picture): void {
  const block = store.get().tree.blocks.get(path);
  if (!block) {
    return;
  }
  const values = valuesOf(block, name, picture, known.get(own(block, name) ?? ""));
  if (!setting.setValues(path, values)) {
    // A description that would break the mail is left out.
    setting.setValues(path, { [name]: picture.url });
  }
  learn([picture]);
  store.announce(say("picture_chosen", { name: picture.name }));
}
