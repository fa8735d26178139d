// Choosing an image: from the library, by bringing one in, or by its address.
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { hasFiles, pictures, type Picture, upload } from "../media/uploading";
import { Icon } from "../page/Icon";
import { call } from "../page/requests";
import * as picturing from "./picturing";
import * as store from "./store";
import { useStore } from "./store";
import { say } from "./words";

const PAGE = 30;

interface Found {
  results: Picture[];
  next: string | null;
}

/** The dialog, where one is asked for an image. */
export function Pictures() {
  const choosing = useStore((state) => state.choosing);
  // Outside of the form of the email: what is typed here is no part of it.
  return choosing ? createPortal(<Choosing key={choosing.path} {...choosing} />, document.body) : null;
}

function Choosing({ path, name }: { path: string; name: string }) {
  const box = useRef<HTMLDialogElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const library = useLibrary();
  const bringing = useBringing((picture) => choose(picture));
  const close = () => store.set({ choosing: null });
  const choose = (picture: Picture) => {
    picturing.put(path, name, picture);
    close();
  };
  useEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    search.current?.focus();
    return () => {
      dialog?.close();
      (opener?.isConnected ? opener : document.querySelector<HTMLElement>("#email-design .stage"))?.focus();
    };
  }, []);
  return (
    <dialog ref={box} class="pictures" aria-label={say("picture_choose")} onClose={close} {...bringing.drop}>
      <header>
        <h2 class="grow">{say("picture_choose")}</h2>
        <button type="button" class="bare-btn" aria-label={say("close")} onClick={close}><Icon name="x" /></button>
      </header>
      <div class="inside">
        <div class="line">
          <input ref={search} class="form-control grow" type="search" placeholder={say("picture_search")} aria-label={say("picture_search")} onInput={(event) => library.look(event.currentTarget.value)} />
          {picturing.mayBring && <BringButton bring={bringing.bring} />}
        </div>
        {bringing.words && <p class={`note ${bringing.failed ? "red" : ""}`} role={bringing.failed ? "alert" : "status"}>{bringing.words}</p>}
        <Found library={library} choose={choose} />
      </div>
      <ByAddress use={(address) => { picturing.putAddress(path, name, address); close(); }} />
    </dialog>
  );
}

function Found({ library, choose }: { library: ReturnType<typeof useLibrary>; choose: (picture: Picture) => void }) {
  const { found, next, failed, text } = library;
  if (failed) {
    return <p class="note red" role="alert">{say("picture_failed")}</p>;
  }
  if (found && !found.length) {
    return <p class="none" role="status">{say(text ? "picture_nothing" : "picture_none")}</p>;
  }
  return (
    <>
      <ul class="plain pictured" aria-busy={!found}>
        {found?.map((picture) => (
          <li key={picture.id}>
            <button type="button" title={picture.alt || picture.name} onClick={() => choose(picture)}>
              <img src={picturing.shown(picture.thumbnail_url)} alt="" loading="lazy" />
              <span class="clip">{picture.name}</span>
              <span class="meta small num">{say("picture_pixels", { width: picture.width, height: picture.height })}</span>
            </button>
          </li>
        ))}
      </ul>
      {next && <button type="button" class="btn btn-sm" onClick={library.more}>{say("picture_more")}</button>}
    </>
  );
}

function ByAddress({ use }: { use: (address: string) => void }) {
  const [address, setAddress] = useState("");
  return (
    <form
      class="line by-address"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (address.trim()) {
          use(address.trim());
        }
      }}
    >
      <input class="form-control grow" inputMode="url" aria-label={say("picture_address")} placeholder={say("picture_address")} value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
      <button class="btn" type="submit" disabled={!address.trim()}>{say("picture_use")}</button>
    </form>
  );
}

function BringButton({ bring }: { bring: (files: File[]) => void }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={field} class="visually-hidden" type="file" accept="image/jpeg,image/png,image/gif,image/webp" tabIndex={-1} aria-hidden="true" multiple
        onInput={(event) => event.stopPropagation()}
        onChange={(event) => {
          event.stopPropagation();
          bring(pictures(event.currentTarget.files));
          event.currentTarget.value = "";
        }}
      />
      <button type="button" class="btn btn-primary" title={say("picture_kinds")} onClick={() => field.current?.click()}><Icon name="upload" />{say("picture_upload")}</button>
    </>
  );
}

/** What the library has, the newest first, as one looks for it. */
function useLibrary() {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Picture[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const asked = useRef<AbortController | null>(null);
  const ask = async (words: string, cursor: string | null, before: Picture[]) => {
    asked.current?.abort();
    const mine = new AbortController();
    asked.current = mine;
    const query = new URLSearchParams({ limit: String(PAGE), ...(words && { name: words }), ...(cursor && { cursor }) });
    try {
      const page = await call<Found>("GET", `media?${query}`, undefined, mine.signal);
      picturing.learn(page.results);
      setFound([...before, ...page.results]);
      setNext(page.next);
      setFailed(false);
    } catch {
      if (!mine.signal.aborted) {
        setFailed(true);
      }
    }
  };
  useEffect(() => {
    const timer = window.setTimeout(() => void ask(text.trim(), null, []), text ? 250 : 0);
    return () => window.clearTimeout(timer);
  }, [text]);
  useEffect(() => () => asked.current?.abort(), []);
  return { found, next, failed, text, look: setText, more: () => void ask(text.trim(), next, found ?? []) };
}

/** Images that are dropped or chosen; the last of them is taken once all are in the library. */
export function useBringing(take: (picture: Picture) => void) {
  const [words, setWords] = useState("");
  const [failed, setFailed] = useState(false);
  const [over, setOver] = useState(false);
  const bring = async (files: File[]) => {
    let last: Picture | null = null;
    let refused = "";
    setFailed(false);
    for (const file of files) {
      try {
        last = await upload(file, (share) => setWords(`${file.name}: ${Math.floor(share * 100)} %`));
      } catch (error) {
        refused = `${file.name}: ${(error as Error).message}`;
      }
    }
    setWords(refused);
    setFailed(refused !== "");
    if (last && !refused) {
      take(last);
    }
  };
  const drag = (on: boolean) => (event: DragEvent) => {
    if (picturing.mayBring && hasFiles(event)) {
      event.preventDefault();
      setOver(on);
    }
  };
  const drop = {
    onDragOver: drag(true),
    onDragLeave: drag(false),
    onDrop: (event: DragEvent) => {
      drag(false)(event);
      if (picturing.mayBring && hasFiles(event)) {
        event.stopPropagation();
        void bring(pictures(event.dataTransfer?.files));
      }
    },
    "data-over": over || undefined,
  };
  return { bring: (files: File[]) => void bring(files), drop, words, failed };
}
