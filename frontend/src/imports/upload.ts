// A file dropped anywhere on the page goes where a chosen one would; what is sent is shown.

function form(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("[data-upload]");
}

function show(share: number): void {
  const going = form()?.querySelector<HTMLElement>("[data-going]");
  const bar = going?.querySelector("progress");
  const words = going?.querySelector<HTMLElement>("[data-read]");
  if (!going || !bar || !words) {
    return;
  }
  going.hidden = false;
  bar.value = share;
  words.textContent = share < 100 ? `${Math.floor(share)} %` : (words.dataset.read ?? "");
}

export function startUpload(): void {
  if (!form()) {
    return;
  }
  const over = (event: DragEvent, on: boolean) => {
    event.preventDefault();
    form()?.querySelector("[data-drop]")?.classList.toggle("over", on);
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    over(event, false);
    const files = event.dataTransfer?.files;
    const field = form()?.querySelector<HTMLInputElement>("input[type='file']");
    if (field && files?.length) {
      field.files = files;
      form()?.requestSubmit();
    }
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.matches("[data-upload] input[type='file']") && field.files?.length) {
      form()?.requestSubmit();
    }
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if ((event.target as Element).matches("[data-upload]") && total) {
      show((loaded / total) * 100);
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ((event.target as Element).matches("[data-upload]")) {
      const field = form()?.querySelector<HTMLInputElement>("[data-file]");
      const name = form()?.querySelector("[data-file-name]");
      show(0);
      if (field && name) {
        name.textContent = field.files?.[0]?.name ?? "";
      }
    }
  });
}
