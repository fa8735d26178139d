// A picture of frontend/icons.txt; it says nothing that the words beside it do not.

let sprite: string | undefined;

export function Icon({ name }: { name: string }) {
  sprite ??= document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
