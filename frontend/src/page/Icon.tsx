// Pictures of frontend/icons.txt; they say nothing that the words beside them do not.
let sprite: string | undefined;

export function Icon({ name, size = "" }: { name: string; size?: string }) {
  sprite ??= document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";
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
