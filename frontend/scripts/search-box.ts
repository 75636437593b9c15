// <search-box data-url>: suggestions (ARIA 1.2 combobox) on top of a plain search field.
// <town-box data-url>: the same for a field of a form, into which what is chosen is written.
import { all, one } from "./dom";
import { go } from "./results";

customElements.define(
  "search-box",
  class extends HTMLElement {
    #field!: HTMLInputElement;
    #box?: HTMLElement;
    #at = -1;
    #asking?: AbortController;
    #timer = 0;

    connectedCallback() {
      this.#field = one<HTMLInputElement>("input", this)!;
      this.#dress();
      this.#field.addEventListener("focus", () => this.#soon(0));
      this.#field.addEventListener("input", () => this.#soon(90));
      this.#field.addEventListener("keydown", (event) => this.#key(event));
      this.addEventListener("focusout", (event) => {
        if (!this.contains(event.relatedTarget as Node)) this.#close();
      });
      // The field keeps the focus. A finger put down may be about to scroll: a click alone chooses.
      this.addEventListener("mousedown", (event) => {
        if (!(event.target as Element).closest(".sug")) return;
        event.preventDefault();
        this.#settle();
      });
      this.addEventListener("click", (event) => {
        const option = (event.target as Element).closest<HTMLElement>("[role=option]");
        if (option) this.#choose(option);
      });
    }

    #dress() {
      const worn = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off" };
      for (const [name, value] of Object.entries(worn)) this.#field.setAttribute(name, value);
    }

    #soon(wait: number) {
      if (!this.#field.hasAttribute("role")) this.#dress(); // a swap took it off
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#load(), wait);
    }

    async #load() {
      this.#asking?.abort();
      if (this.#field.value.trim().length < 2) return this.#hide();
      this.#asking = new AbortController();
      try {
        const address = `${this.dataset.url}?q=${encodeURIComponent(this.#field.value)}`;
        const answer = await fetch(address, { signal: this.#asking.signal });
        const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
        const list = page.querySelector<HTMLElement>("[role=listbox]");
        if (document.activeElement !== this.#field || !list?.querySelector("[role=option]")) return this.#hide();
        this.#show(list);
      } catch {
        // A newer keystroke cut this answer off.
      }
    }

    #show(list: HTMLElement) {
      if (!this.#box?.isConnected) {
        this.#box = document.createElement("div");
        this.#box.className = "sug";
        this.append(this.#box);
      }
      list.id ||= "suggestions";
      this.#box.replaceChildren(list);
      this.#at = -1;
      this.#field.setAttribute("aria-controls", list.id);
      this.#field.setAttribute("aria-expanded", "true");
      this.#field.removeAttribute("aria-activedescendant");
    }

    #close() {
      this.#settle();
      this.#hide();
    }

    /** No newer list replaces the one somebody is choosing from. */
    #settle() {
      clearTimeout(this.#timer);
      this.#asking?.abort();
    }

    /** Takes the list away; an answer still awaited may bring the next one. */
    #hide() {
      this.#box?.remove();
      this.#box = undefined;
      this.#at = -1;
      this.#field.setAttribute("aria-expanded", "false");
      this.#field.removeAttribute("aria-activedescendant");
      this.#field.removeAttribute("aria-controls");
    }

    /** What was chosen joins the filters, and the words it stood for leave the field. */
    #choose(option: HTMLElement) {
      this.#close();
      if (option.dataset.value) return this.#write(option.dataset.value);
      const wish = new URL(option.dataset.href!, location.href);
      const form = one<HTMLFormElement>("#f[data-auto]");
      if (!form || !wish.search) return location.assign(wish);
      const asked = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      const taken = wish.searchParams.has("near") ? ["q", "near", "place"] : ["q"];
      // What the sentence had been read as until now is chosen from here on: it does not go with
      // the words.
      const chosen = [...wish.searchParams].map(([name, value]) => `${name}=${value}|`);
      const said = asked.getAll("said").filter((note) => !chosen.some((filter) => note.startsWith(filter)));
      for (const name of [...taken, "said", "q_before", "q_left"]) asked.delete(name);
      for (const note of said) asked.append("said", note);
      for (const [name, value] of wish.searchParams) asked.append(name, value);
      this.#field.value = wish.searchParams.get("q") ?? "";
      go(`${wish.pathname}?${asked}`);
    }

    #write(value: string) {
      this.#field.value = value;
      this.#field.dispatchEvent(new Event("change", { bubbles: true }));
    }

    #key(event: KeyboardEvent) {
      const options = this.#box ? all("[role=option]", this.#box) : [];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!options.length) return void this.#load();
        event.preventDefault();
        this.#settle();
        this.#move(options, event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        const option = options[this.#at];
        if (option) event.preventDefault();
        if (option) this.#choose(option);
        else this.#close();
      } else if (event.key === "Escape" && this.#box) {
        event.preventDefault();
        this.#close();
      }
    }

    #move(options: HTMLElement[], by: number) {
      const start = this.#at < 0 && by < 0 ? 0 : this.#at;
      this.#at = (start + by + options.length) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.#at)));
      options[this.#at].id ||= `suggestion-${this.#at}`;
      options[this.#at].scrollIntoView({ block: "nearest" });
      this.#field.setAttribute("aria-activedescendant", options[this.#at].id);
    }
  },
);

customElements.define("town-box", class extends customElements.get("search-box")! {});

// "/" goes to the search field, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const field = one<HTMLInputElement>("#q");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
