// What can be put into the mail: drag it, or press it to add it after what is selected.
import { Icon } from "../page/Icon";
import { OFFERS, type Offer } from "./catalogue";
import * as dragging from "./dragging";
import { insert } from "./editing";
import * as store from "./store";
import { say } from "./words";

const GROUPS = ["sections", "content"] as const;

export function Palette() {
  return (
    <div class="offers">
      {GROUPS.map((group) => (
        <section key={group} aria-label={say(`group_${group}`)}>
          <h3 aria-hidden="true">{say(`group_${group}`)}</h3>
          <div class="tiles">
            {OFFERS.filter((offer) => offer.group === group).map((offer) => <Tile key={offer.key} offer={offer} />)}
          </div>
        </section>
      ))}
    </div>
  );
}

function Tile({ offer }: { offer: Offer }) {
  const press = () => {
    insert(offer);
    store.set({ sheet: "" });
  };
  return (
    <button
      type="button" class="offer" data-offer={offer.key} title={say("drag_or_press")}
      onPointerDown={(event) => event.pointerType === "mouse" && dragging.begin(event, { offer })} onClick={press}
    >
      {offer.columns ? <Columns widths={offer.columns} /> : <Icon name={offer.icon} />}
      <span>{say(`offer_${offer.key}`)}</span>
    </button>
  );
}

export function Columns({ widths }: { widths: number[] }) {
  const whole = widths.reduce((sum, width) => sum + width, 0);
  let at = 0;
  return (
    <svg class="columns" viewBox="0 0 40 22" aria-hidden="true">
      {widths.map((width, index) => {
        const x = at;
        at += (width / whole) * 41;
        return <rect key={index} x={x} y="0" width={(width / whole) * 41 - 2} height="22" rx="2" />;
      })}
    </svg>
  );
}
