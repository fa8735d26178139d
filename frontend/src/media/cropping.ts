// What of an image another one will show: a frame over it, around the point one presses on.
import { filled } from "../page/words";

/** The largest width and height of a shape within a picture, as the server works it out. */
function sizeOf([width, height]: number[], shape: string): number[] {
  if (!shape) {
    return [width, height];
  }
  const [across, down] = shape.split(":").map(Number);
  const wide = Math.min(width, Math.floor((height * across) / down));
  return [Math.max(1, wide), Math.max(1, Math.min(height, Math.floor((wide * down) / across)))];
}

function begin(whole: number, part: number, hundredths: number): number {
  return Math.min(Math.max(Math.floor((whole * hundredths) / 100) - Math.floor(part / 2), 0), whole - part);
}

export function startCropping(): void {
  const form = document.querySelector<HTMLFormElement>("[data-crops]");
  const stage = form?.querySelector<HTMLElement>("[data-stage]");
  const cut = form?.querySelector<HTMLElement>("[data-cut]");
  const words = form?.querySelector<HTMLElement>("[data-becomes]");
  if (!form || !stage || !cut || !words) {
    return;
  }
  const whole = (form.dataset.crops ?? "1 1").split(" ").map(Number);
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const hundredths = (name: string) => Math.min(100, Math.max(0, Number(field(name).value || 50)));
  const draw = () => {
    const [width, height] = sizeOf(whole, field("shape").value);
    const [left, top] = [begin(whole[0], width, hundredths("x")), begin(whole[1], height, hundredths("y"))];
    cut.hidden = width === whole[0] && height === whole[1];
    cut.style.left = `${(left / whole[0]) * 100}%`;
    cut.style.top = `${(top / whole[1]) * 100}%`;
    cut.style.width = `${(width / whole[0]) * 100}%`;
    cut.style.height = `${(height / whole[1]) * 100}%`;
    const asked = Number(field("width").value) || width;
    const made = Math.min(width, asked);
    words.textContent = filled(words.dataset.becomes ?? "", { width: made, height: Math.max(1, Math.round((height * made) / width)) });
  };
  const point = (event: PointerEvent) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    field("x").value = String(Math.min(100, Math.max(0, Math.round(((event.clientX - left) / width) * 100))));
    field("y").value = String(Math.min(100, Math.max(0, Math.round(((event.clientY - top) / height) * 100))));
    draw();
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    point(event);
  });
  stage.addEventListener("pointermove", (event) => event.buttons && point(event));
  form.addEventListener("input", draw);
  draw();
}
