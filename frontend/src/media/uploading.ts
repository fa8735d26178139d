// An image on its way to the library, with how far it is.
import { csrf, hindrance } from "../page/requests";
import { pageData } from "../page/words";

/** An image as the REST API shows it. */
export interface Picture {
  id: string;
  name: string;
  alt: string;
  format: "jpeg" | "png" | "gif";
  width: number;
  height: number;
  url: string;
  small_url: string;
  full_url: string;
  thumbnail_url: string;
}

const TRIES = 10;

const words = pageData<Record<string, string> | null>("media-words") ?? {};

export function say(key: string): string {
  return words[key] ?? key;
}

/** What was dropped or chosen, as far as it says that it is a picture; the server has the last word. */
export function pictures(files: FileList | null | undefined): File[] {
  return [...(files ?? [])];
}

/** Whether files are being dragged, and not something of the page. */
export function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Bring an image in; `told` hears how much of it was sent, from 0 to 1. An Error says why it was refused. */
export async function upload(file: File, told: (share: number) => void): Promise<Picture> {
  if (file.size > Number(words.largest)) {
    throw new Error(say("too_large"));
  }
  let answer = await send(file, told);
  if (answer.status === 403 && /CSRF Failed/.test(answer.body) && !(await hindrance())) {
    answer = await send(file, told);
  }
  // Other images are worked on: this one is next in a moment.
  for (let tries = 0; answer.status === 503 && tries < TRIES; tries += 1) {
    await new Promise((later) => window.setTimeout(later, answer.wait * 1000));
    answer = await send(file, told);
  }
  if (answer.status === 201) {
    return JSON.parse(answer.body) as Picture;
  }
  throw new Error(refusal(answer));
}

interface Answer {
  status: number;
  // Seconds until it is worth trying again.
  wait: number;
  body: string;
}

function refusal({ status, body }: Answer): string {
  if (status === 401) {
    return say("signed_out");
  }
  try {
    const { errors } = JSON.parse(body) as { errors: { message: string }[] };
    return errors.map((error) => error.message).join(" ") || say("unknown");
  } catch {
    return say(status === 413 ? "too_large" : "unknown");
  }
}

function send(file: File, told: (share: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    request.open("POST", "/api/v1/media");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.upload.addEventListener("progress", ({ loaded, total }) => total && told(loaded / total));
    request.addEventListener("load", () => {
      const wait = Number(request.getResponseHeader("Retry-After")) || 3;
      resolve({ status: request.status, wait, body: request.responseText });
    });
    request.addEventListener("error", () => reject(new Error(say("away"))));
    request.send(body);
  });
}
