// Ticking profiles to compare: how many, four at most, and on results they stay ticked from page to page.
import { all, one } from "./dom";

const MOST = 4;
const KEPT = "compare";
const boxes = () => all<HTMLInputElement>('input[name="with"][form="compare"]');

let kept: string[] = [];
try {
  kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
} catch {} // without storage, ticks last as long as the page
// A comparison is carried on from: whoever was taken out of it is no longer ticked.
if (one("#compared")) keep(new URLSearchParams(location.search).getAll("with"));

function keep(slugs: string[]) {
  kept = slugs;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(slugs));
  } catch {}
}

const carried = () => !!one("#compare[data-carried]");
const ticked = () => boxes().flatMap((box) => (box.checked ? [box.value] : []));

/** As the ticks are, wherever the page was drawn anew. */
export function show() {
  const form = one<HTMLFormElement>("#compare");
  if (!form) return;
  if (carried()) {
    for (const box of boxes()) box.checked = kept.includes(box.value);
    for (const old of all('input[name="with"]', form)) old.remove();
    for (const slug of kept.filter((slug) => !ticked().includes(slug))) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "with", value: slug }));
    }
  }
  const chosen = carried() ? kept : ticked();
  for (const box of boxes()) box.disabled = !box.checked && chosen.length >= MOST;
  one("[role=status]", form)!.textContent = form.dataset[`n${Math.min(chosen.length, MOST)}`] ?? "";
  one("[type=submit]", form)!.hidden = !chosen.length;
  one("[data-untick]", form)!.hidden = !chosen.length;
}

document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (!box.matches('[name="with"][form="compare"]')) return;
  const others = kept.filter((slug) => slug !== box.value);
  if (carried()) keep(box.checked ? [...others, box.value].slice(0, MOST) : others);
  show();
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-print]")) window.print();
  if (!target.closest("[data-untick]")) return;
  for (const box of boxes()) box.checked = false;
  if (carried()) keep([]);
  show();
  boxes()[0]?.focus();
});

document.addEventListener("htmx:after:swap", show);
window.addEventListener("pageshow", show);
show();
