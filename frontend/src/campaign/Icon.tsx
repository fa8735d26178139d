// Pictures from the sprite of the page.
const sprite = document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";

export function Icon({ name, size = "" }: { name: string; size?: string }) {
  return (
    <svg class={`icon ${size}`} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}

export function Tile({ kind, name }: { kind: string; name: string }) {
  return (
    <span class={`tile kind-${kind}`}>
      <Icon name={name} />
    </span>
  );
}
