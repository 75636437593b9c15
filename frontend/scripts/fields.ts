// Small comforts for forms. Every form works without them.
import { all, icon, one } from "./dom";

customElements.define(
  "password-field",
  class extends HTMLElement {
    connectedCallback() {
      const field = one<HTMLInputElement>("input", this)!;
      const button = one<HTMLButtonElement>("button", this);
      button?.addEventListener("click", () => {
        const shown = field.type === "password";
        field.type = shown ? "text" : "password";
        button.setAttribute("aria-pressed", String(shown));
      });
      field.form?.addEventListener("submit", () => (field.type = "password"));
    }
  },
);

customElements.define(
  "copy-text",
  class extends HTMLElement {
    connectedCallback() {
      const button = one<HTMLButtonElement>("button", this)!;
      const label = one("span", button)!;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(one("code", this)!.textContent ?? "");
        const before = label.textContent;
        label.textContent = one("#live")!.textContent = button.dataset.done!;
        setTimeout(() => (label.textContent = before), 2500);
      });
    }
  },
);

/** <multi-select>: a long list of boxes with a field to filter it, and what is ticked as chips. */
customElements.define(
  "multi-select",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("input", (event) => {
        if ((event.target as HTMLInputElement).type === "search") this.#filter((event.target as HTMLInputElement).value);
      });
      this.addEventListener("change", () => this.#chips());
      this.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.target as HTMLInputElement).type === "search") event.preventDefault();
      });
      this.#chips();
    }

    #filter(text: string) {
      const plain = (words: string) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      const wanted = plain(text.trim());
      let found = 0;
      for (const group of all(".multi__g", this)) {
        let here = 0;
        for (const option of all("label", group)) {
          option.hidden = !plain(option.textContent ?? "").includes(wanted);
          here += option.hidden ? 0 : 1;
        }
        group.hidden = here === 0;
        found += here;
      }
      one(".multi__0", this)!.hidden = found > 0;
    }

    #chips() {
      const list = one("ul", this)!;
      const ticked = all<HTMLInputElement>("input:checked", this);
      list.replaceChildren(
        ...ticked.map((box) => {
          const item = document.createElement("li");
          const chip = document.createElement("button");
          const text = box.closest("label")!.textContent!.trim();
          chip.type = "button";
          chip.className = "chip";
          chip.append(text, icon("x"));
          chip.setAttribute("aria-label", `${text}, ${this.dataset.remove}`);
          chip.addEventListener("click", () => {
            box.checked = false;
            box.dispatchEvent(new Event("change", { bubbles: true }));
            one("summary", this)!.focus();
          });
          item.append(chip);
          return item;
        }),
      );
    }
  },
);

/** <week-hours>: shows one pair of times a day and adds the others on demand. */
customElements.define(
  "week-hours",
  class extends HTMLElement {
    connectedCallback() {
      this.classList.add("is-ready");
      this.addEventListener("change", (event) => {
        const field = event.target as HTMLInputElement;
        if (field.value) field.closest(".cover__r")?.classList.remove("is-free"); // not by hand: it was hidden
      });
      this.addEventListener("click", (event) => {
        const button = (event.target as Element).closest<HTMLButtonElement>("button");
        const day = button?.closest<HTMLElement>("[data-day]");
        if (!button || !day) return;
        if ("add" in button.dataset) this.#add(day);
        else if ("empty" in button.dataset) this.#write(day, []);
        else this.#copy(day);
      });
    }

    #pairs(day: HTMLElement) {
      return all(".cover__r", day).map((pair) => all<HTMLInputElement>("input", pair));
    }

    #add(day: HTMLElement) {
      const free = one(".cover__r.is-free", day);
      free?.classList.remove("is-free");
      (free ? one("input", free) : one("input", day))?.focus();
    }

    #write(day: HTMLElement, hours: string[][]) {
      this.#pairs(day).forEach(([from, to], index) => {
        from.value = hours[index]?.[0] ?? "";
        to.value = hours[index]?.[1] ?? "";
        from.closest(".cover__r")!.classList.toggle("is-free", index > 0 && !from.value && !to.value);
      });
    }

    #copy(day: HTMLElement) {
      const hours = this.#pairs(day).map((pair) => pair.map((field) => field.value));
      for (const other of all("[data-day]", this)) {
        if (other !== day && Number(other.dataset.day) < 5) this.#write(other, hours);
      }
    }
  },
);

// Letters left, said politely only near the end.
const language = document.documentElement.lang || "fr";
const plural = new Intl.PluralRules(language);
for (const area of all<HTMLTextAreaElement>("textarea[data-count]")) {
  const counter = document.createElement("p");
  counter.className = "counter";
  const count = () => {
    const left = area.maxLength - area.value.length;
    const words = plural.select(left) === "one" ? area.dataset.countOne : area.dataset.count;
    counter.textContent = `${left.toLocaleString(language)} ${words}`;
    counter.toggleAttribute("role", false);
    if (left < 40) counter.setAttribute("role", "status");
  };
  area.after(counter);
  area.addEventListener("input", count);
  count();
}

// The server's messages stand beside the fields, in the person's language; the browser's bubbles do neither.
for (const form of all<HTMLFormElement>('form[method="post"]')) form.noValidate = true;

// A form is sent once, however often the button is pressed; again after a while, since nobody tells of a sending stopped.
const SENDING_MS = 10_000;

function sendable(form: HTMLFormElement) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(sendable, SENDING_MS, form);
});
window.addEventListener("pageshow", () => all<HTMLFormElement>("form[data-sent]").forEach(sendable));

// Each mistake of the list names its field, in the words of its label.
for (const link of all<HTMLAnchorElement>('.errors a[href^="#f-"]')) {
  const field = document.getElementById(link.hash.slice(1));
  link.addEventListener("click", () => setTimeout(reach, 0, field));
  const label = one(`label[for="${CSS.escape(link.hash.slice(1))}"]`) ?? field?.closest("fieldset")?.querySelector("legend");
  if (!label || link.querySelector("b")) continue;
  const name = document.createElement("b");
  name.textContent = label.firstChild?.textContent?.trim() ?? "";
  if (name.textContent && name.textContent.length < 60) link.prepend(name, " ");
}

/** The focus goes to a field; a list that is closed opens. */
function reach(field: HTMLElement | null) {
  if (!(field instanceof HTMLDetailsElement)) return field?.focus();
  field.open = true;
  one("summary", field)?.focus();
}

// The list of mistakes takes the focus when the page comes back with one.
one("[data-focus]")?.focus();
