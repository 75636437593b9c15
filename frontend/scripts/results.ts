// Filters that send themselves, and what has to be mended after htmx swapped a part of the page.
import htmx from "htmx.org";
import { all, one } from "./dom";

let timer = 0;
let pausing = false; // what is written now would be asked for by a pause in the writing,
let paused = false; // what is being asked for was so,
let writing = false; // and what is shown

/** Send a form after `wait` milliseconds of quiet. */
export function send(form: HTMLFormElement, wait: number) {
  clearTimeout(timer);
  timer = window.setTimeout(() => form.requestSubmit(), wait);
}

/** Show another search instead of whatever is being asked or about to be. */
export function go(href: string) {
  clearTimeout(timer);
  pausing = paused = false;
  htmx.ajax("GET", href, { source: one("#results") ?? undefined, target: "#main", swap: "outerMorph" });
}

document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.form?.matches("[data-auto]") && field.type !== "search" && !("waits" in field.dataset)) {
    pausing = writing = false;
    send(field.form, field.type === "number" ? 250 : 0);
  }
});

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.type !== "search" || !field.form?.matches("[data-auto]")) return;
  pausing = true;
  send(field.form, 220);
});

// Filters read out of a sentence follow it: it is sent along with the one that stood in the field
// before, by which the server knows whether it was written over.
let sent = "";
document.addEventListener("submit", (event) => {
  if ((event.target as HTMLElement).id !== "f") return;
  sent = one<HTMLInputElement>("#q")?.value ?? "";
  if (event.submitter) pausing = false;
  clearTimeout(timer); // Enter has asked for it
  paused = pausing;
});

document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-nav]");
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.closest(".pager")) one("#results")?.scrollIntoView();
  if (!link.search) one<HTMLFormElement>("#f")?.reset();
  go(link.href);
});

let shown = 0;

/** Say something for a moment, over whatever is open; that it did not work when nothing is given. */
export function say(text?: string) {
  const toast = one("#toast")!;
  toast.hidePopover();
  toast.showPopover();
  toast.textContent = text ?? toast.dataset.err!;
  clearTimeout(shown);
  shown = window.setTimeout(() => toast.hidePopover(), 6000);
}
document.addEventListener("htmx:response:error", () => say());
document.addEventListener("htmx:error", () => say());
document.addEventListener("htmx:before:request", () => one("#main")?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:finally:request", () => one("#main")?.removeAttribute("aria-busy"));

/**
 * htmx 4.0.1 morphs the attribute but not the live state of a control the user touched (htmx#4030):
 * take a chip away and its box stays ticked. The server is right about the filters; in every other
 * form the person is, since a swap elsewhere in the page must not lose what was typed.
 */
function serverTruth() {
  for (const field of all<HTMLInputElement>("#main input:not([data-keep])")) {
    if (!field.form?.matches("[data-auto]")) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = field.hasAttribute("checked");
    else if (field !== document.activeElement) field.value = field.getAttribute("value") ?? "";
  }
  for (const option of all<HTMLOptionElement>("#main option")) {
    if (option.closest("select")?.form?.matches("[data-auto]")) option.selected = option.hasAttribute("selected");
  }
  const asked = one("#main")?.dataset.q;
  const search = one<HTMLInputElement>("#q");
  const before = one<HTMLInputElement>("#f [name=q_before]");
  if (!search || !before || asked == null) return;
  const written = search === document.activeElement; // the whole sentence stays in sight
  if (!written) search.value = asked;
  before.value = written ? sent : asked;
}

// The server draws every list of further choices closed: one that was opened stays open.
const opened = new Set<string>();
document.addEventListener(
  "toggle",
  (event) => {
    const list = event.target as HTMLDetailsElement;
    if (!list.matches("details.more")) return;
    if (list.open) opened.add(list.id);
    else opened.delete(list.id);
  },
  true,
);

// In a large directory the results come first, and all the rest with its counts after them.
document.addEventListener("htmx:config:request", (event) => {
  const { request, target } = (event as CustomEvent).detail.ctx;
  if (target?.matches?.("#main[data-many]")) request.headers["X-Counts"] ??= "later";
});

function countNow() {
  const href = one("#results")!.dataset.counts!;
  const headers = { "X-Counts": "now" };
  htmx.ajax("GET", href, { source: "#results", target: "#main", swap: "outerMorph", headers });
}

// The same search sent again (Enter after it followed the typing) is no further step to go back from. A sentence is one,
// however often its writer paused, until the field is left or what it led to was chosen.
document.addEventListener("htmx:before:history:update", (event) => {
  const step = (event as CustomEvent).detail.history;
  if (new URL(step.path, location.href).href === location.href) event.preventDefault();
  else if (writing) step.type = "replace";
  writing = paused;
});
document.addEventListener("focusout", (event) => {
  if ((event.target as HTMLElement).id === "q") writing = pausing = false;
});

// What had the focus may be moved by a swap, which takes the focus from it. A control that waits for
// another (a level for a language) was not asked for yet: it stays as the person left it.
let focused = "";
// Another page is read from its beginning: who asked for it by keyboard is led there, not to what took the link's place.
let paged = false;
let waiting: [string, string][] = [];
document.addEventListener("htmx:before:swap", () => {
  focused = document.activeElement?.id ?? "";
  paged = !!document.activeElement?.closest(".pager");
  waiting = all<HTMLInputElement>("[data-waits]").map((field) => [field.id, field.value]);
});

document.addEventListener("htmx:after:swap", (event) => {
  const ctx = (event as CustomEvent).detail?.ctx;
  // The event comes even when noSwap kept the page: wiping what was typed then would lose it.
  if (ctx?.response?.status >= 400) return;
  // The filters are as the person left them: they follow with their counts.
  if (ctx?.hx?.retarget === "#results") return void setTimeout(countNow);
  serverTruth();
  for (const [id, value] of waiting) {
    const field = one<HTMLInputElement>(`#${id}[data-waits]`);
    if (field) field.value = value;
  }
  for (const list of all<HTMLDetailsElement>("details.more")) list.open ||= opened.has(list.id);
  const said = one("#main")?.dataset.title ?? "";
  const live = one("#live")!;
  if (live.textContent !== said) live.textContent = said;
  document.title = one("#main")?.dataset.page ?? document.title;
  const other = one("#main")?.dataset.otherUrl;
  if (other) for (const link of all<HTMLAnchorElement>("[data-language]")) link.href = other;
  for (const back of all<HTMLInputElement>('[action="/theme"] [name=back]')) back.value = location.pathname + location.search;
  if (document.activeElement !== document.body && !paged) return;
  const same = !paged && focused && document.getElementById(focused);
  if (!same) one("#count")?.setAttribute("tabindex", "-1");
  (same || one("#count"))?.focus({ preventScroll: true });
});
