// What was typed goes along into the other language. It waits in this tab for the next page alone, which takes it out;
// secrets and files never wait anywhere. Without scripts the link opens a tab of its own, and the form stays behind.
import { all, one } from "./dom";
import { say } from "./results";

type Field = HTMLInputElement & HTMLSelectElement;
const TYPED =
  "main form[method=post] :is(input,select,textarea):not([type=hidden],[type=file],[type=password],[autocomplete*=password],[autocomplete=one-time-code])";
const isBox = (field: Field) => /checkbox|radio/.test(field.type);
const state = (field: Field) => (isBox(field) ? field.checked : field.value);
/** Whether a field is no longer as it was drawn. */
const isChanged = (field: Field) =>
  field.options
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.checked !== field.defaultChecked || field.value !== field.defaultValue;
/** All fields, each under a name that is the same in both languages. */
const fields = () => new Map(all<Field>(TYPED).map((field) => [field.id || field.name + field.defaultValue, field]));

let whole = false;

document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("[data-language]");
  if (!link) return;
  // A form that was refused or swapped is drawn with what was typed, which its own address does not know.
  const typed = [...fields()].filter(([, field]) => whole || link.dataset.language || isChanged(field));
  try {
    sessionStorage.typed = JSON.stringify([link.href, typed.map(([name, field]) => [name, state(field)])]);
  } catch {} // without storage the other form is drawn empty
});

const waiting = new Map<string, string | boolean>();
try {
  const [at, typed = []] = JSON.parse(sessionStorage.typed ?? "[]") as [string?, [string, string | boolean][]?];
  delete sessionStorage.typed;
  if (at === location.href) for (const [name, value] of typed) waiting.set(name, value);
} catch {}

/** Fill what is there; one choice may bring further fields, which are filled when they come. */
function fill() {
  const filled = [...fields()].filter(([name, field]) => {
    const value = waiting.get(name);
    if (value == null) return;
    Object.assign(field, { [isBox(field) ? "checked" : "value"]: value });
    return state(field) === value && waiting.delete(name); // else an option that is not offered yet
  });
  for (const [, field] of filled) {
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

document.addEventListener("htmx:after:swap", () => {
  whole = true;
  setTimeout(fill);
});
addEventListener("load", () => {
  setTimeout(fill); // htmx begins by such a timer of its own, set before: a choice must find it listening
  setTimeout(() => [...waiting.values()].some(Boolean) && say(one("#toast")!.dataset.part), 4000);
});
