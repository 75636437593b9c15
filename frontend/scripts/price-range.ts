// <price-range min max>: two sliders over a drawn histogram, tied to two number fields.
import { all, one } from "./dom";
import { send } from "./results";

customElements.define(
  "price-range",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("input", this);
      this.addEventListener("change", this);
    }

    handleEvent(event: Event) {
      const moved = event.target as HTMLInputElement;
      const least = Number(this.getAttribute("min"));
      const most = Number(this.getAttribute("max"));
      const [low, high] = all<HTMLInputElement>("[data-r]", this);
      const [from, to] = all<HTMLInputElement>("[type=number]", this);
      if (moved.dataset.r) {
        const step = Number(moved.step) || 1;
        // A slider stops before the other one, and writes its own field alone: the other's may
        // hold what no slider can show (above the scale, or cents).
        if (moved === low) {
          low.value = String(Math.min(+low.value, +high.value - step));
          from.value = +low.value > least ? low.value : "";
        } else {
          high.value = String(Math.max(+high.value, +low.value + step));
          to.value = +high.value < most ? high.value : "";
        }
        if (event.type === "change") {
          event.stopPropagation();
          send(from.form!, 0);
        }
      } else {
        low.value = from.value || String(least);
        high.value = to.value || String(most);
      }
      this.#paint(+low.value, +high.value, least, most);
    }

    #paint(low: number, high: number, least: number, most: number) {
      const share = (price: number) => ((price - least) / (most - least)) * 100;
      const fill = one<SVGRectElement>(".dual__fill .v", this);
      fill?.setAttribute("x", `${share(low)}%`);
      fill?.setAttribute("width", `${Math.max(0, share(high) - share(low))}%`);
      const bars = all<SVGRectElement>(".hist rect", this);
      bars.forEach((bar, index) => {
        const from = Number(bar.dataset.b);
        const until = Number(bars[index + 1]?.dataset.b ?? most);
        bar.classList.toggle("on", until > low && from < high);
      });
    }
  },
);
