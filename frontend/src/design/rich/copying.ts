// What is copied from a text says so, by a secret: other pages cannot pass for this one.
import { DOMSerializer, type Schema } from "@tiptap/pm/model";
import { share, shared } from "../../page/keeping";
import { OURS } from "./markup";

// Another email, open beside this one, knows it, too.
const KEY = "email-slice";
let made = "";

/** The secret of this browser. */
export function secret(): string {
  const known = shared(KEY);
  if (typeof known === "string" && known) {
    return known;
  }
  made ||= [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  share(KEY, made);
  return made;
}

/** Writes what is copied as the schema says, signed. */
export function signing(schema: Schema): DOMSerializer {
  const plain = DOMSerializer.fromSchema(schema);
  const serializer = new DOMSerializer(plain.nodes, plain.marks);
  serializer.serializeFragment = (...args) => {
    const copied = plain.serializeFragment(...args);
    (copied.firstChild as Partial<Element> | null)?.setAttribute?.(OURS, secret());
    return copied;
  };
  return serializer;
}
