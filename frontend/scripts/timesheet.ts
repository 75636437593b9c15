// <time-grid>: totals while typing, arrow keys between cells. <work-timer>: a stopwatch; with
// data-since it shows a timer that the server keeps, and its button is left to the form.
import { all, one } from "./dom";
import { clock, minutes } from "./duration";

const DAY_MINUTES = 1440;

customElements.define(
  "time-grid",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["keydown", "focusout", "focusin"]) this.addEventListener(name, this);
      this.#total();
    }

    #cells() {
      return all<HTMLInputElement>("tbody input", this);
    }

    handleEvent(event: Event) {
      const cell = event.target as HTMLInputElement;
      if (!cell.matches("tbody input")) return;
      if (event.type === "focusin") {
        cell.dataset.was = cell.value;
        cell.select();
      } else if (event.type === "keydown") this.#key(event as KeyboardEvent, cell);
      else {
        const typed = minutes(cell.value);
        const bad = typed === null || typed > DAY_MINUTES;
        cell.setAttribute("aria-invalid", String(bad));
        if (!bad) cell.value = clock(typed);
        this.#total();
      }
    }

    #key(event: KeyboardEvent, cell: HTMLInputElement) {
      if (event.altKey || event.ctrlKey || event.metaKey) return; // the browser's own: a page back
      const cells = this.#cells();
      const at = cells.indexOf(cell);
      const columns = all("thead th", this).length - 2;
      const rows: Record<string, number> = { ArrowUp: -columns, ArrowDown: columns, Enter: columns };
      if (event.key === "Escape") {
        cell.value = cell.dataset.was ?? "";
        cell.select();
      } else if (rows[event.key]) {
        event.preventDefault();
        (cells[at + rows[event.key]] ?? cell).focus();
      } else if (event.key === "ArrowLeft" && cell.selectionStart === 0 && !event.shiftKey) {
        event.preventDefault();
        cells[at - 1]?.focus();
      } else if (event.key === "ArrowRight" && cell.selectionEnd === cell.value.length && !event.shiftKey) {
        event.preventDefault();
        cells[at + 1]?.focus();
      }
    }

    #total() {
      const rows = all<HTMLTableRowElement>("tbody tr", this);
      const days: number[] = [];
      for (const row of rows) {
        let sum = 0;
        all("input, .tg__v", row).forEach((cell, index) => {
          const text = cell instanceof HTMLInputElement ? cell.value : cell.textContent!;
          const spent = minutes(text) ?? 0;
          days[index] = (days[index] ?? 0) + spent;
          sum += spent;
        });
        one(".tg__t", row)!.textContent = clock(sum) || "0:00";
      }
      all("tfoot .d", this).forEach((cell, index) => (cell.textContent = clock(days[index] ?? 0) || "–"));
      const week = days.reduce((sum, day) => sum + day, 0);
      one(".tg__sum", this)!.textContent = clock(week) || "0:00";
      const due = one("[data-due]", this);
      if (due && this.dataset.rateMinor) due.textContent = this.#amount(week);
    }

    /** An estimate while typing, up to the cap that is paid; the server's figure is the one that counts. */
    #amount(total: number): string {
      const style = { style: "currency", currency: this.dataset.currency } as const;
      const format = new Intl.NumberFormat(document.documentElement.lang, style);
      const paid = Math.min(total, Number(this.dataset.capMinutes ?? total));
      const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
      return format.format(Math.round((paid * Number(this.dataset.rateMinor)) / 60) / 10 ** digits);
    }
  },
);

customElements.define(
  "work-timer",
  class extends HTMLElement {
    #tick = 0;
    #since = 0;

    connectedCallback() {
      const button = one<HTMLButtonElement>("button", this)!;
      if (this.dataset.since) {
        this.#since = Date.parse(this.dataset.since);
        this.#paint();
        this.#tick = window.setInterval(() => this.#paint(), 1000);
        return;
      }
      button.addEventListener("click", () => {
        clearInterval(this.#tick);
        this.#since = this.#since ? 0 : Date.now();
        button.setAttribute("aria-pressed", String(this.#since > 0));
        if (this.#since) this.#tick = window.setInterval(() => this.#paint(), 1000);
      });
    }

    disconnectedCallback() {
      clearInterval(this.#tick);
    }

    #paint() {
      const seconds = Math.max(0, Math.floor((Date.now() - this.#since) / 1000));
      const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
      one("time", this)!.textContent = parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
    }
  },
);
