// Moving conditions by mouse: taken by the grip, let go between others. Keys do the same.

type Drop = (key: number, group: number, index: number) => void;

interface Place {
  group: HTMLElement;
  index: number;
  beside: HTMLElement | null;
  after: boolean;
}

function placeAt(box: HTMLElement, event: DragEvent): Place | null {
  const group = (event.target as Element).closest<HTMLElement>("[data-group]")
    ?? (event.target as Element).closest(".fb-parts")?.querySelector<HTMLElement>("[data-group]");
  if (!group || !box.contains(group)) {
    return null;
  }
  const rows = [...group.children] as HTMLElement[];
  const index = rows.findIndex((row) => {
    const { top, height } = row.getBoundingClientRect();
    return event.clientY < top + height / 2;
  });
  const last = rows[rows.length - 1] ?? null;
  return index < 0 ? { group, index: rows.length, beside: last, after: true } : { group, index, beside: rows[index], after: false };
}

/** Listen in a builder; returns what stops it. */
export function startDragging(box: HTMLElement, drop: Drop): () => void {
  let taken: HTMLElement | null = null;
  const clear = () => box.querySelectorAll(".drop-before, .drop-after").forEach((row) =>
    row.classList.remove("drop-before", "drop-after"));
  const onStart = (event: DragEvent) => {
    const grip = (event.target as Element).closest?.(".fb-grip");
    taken = grip?.closest<HTMLElement>("[data-key]") ?? null;
    if (taken && event.dataTransfer) {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", taken.dataset.key ?? "");
      event.dataTransfer.setDragImage(taken, 12, 12);
    }
  };
  const onOver = (event: DragEvent) => {
    const place = taken && placeAt(box, event);
    clear();
    if (place && !taken!.contains(place.group)) {
      event.preventDefault();
      place.beside?.classList.add(place.after ? "drop-after" : "drop-before");
    }
  };
  const onDrop = (event: DragEvent) => {
    const place = taken && placeAt(box, event);
    clear();
    if (place && !taken!.contains(place.group)) {
      event.preventDefault();
      drop(Number(taken!.dataset.key), Number(place.group.dataset.group), place.index);
    }
    taken = null;
  };
  const onEnd = () => {
    taken = null;
    clear();
  };
  box.addEventListener("dragstart", onStart);
  box.addEventListener("dragover", onOver);
  box.addEventListener("drop", onDrop);
  box.addEventListener("dragend", onEnd);
  return () => {
    box.removeEventListener("dragstart", onStart);
    box.removeEventListener("dragover", onOver);
    box.removeEventListener("drop", onDrop);
    box.removeEventListener("dragend", onEnd);
  };
}
