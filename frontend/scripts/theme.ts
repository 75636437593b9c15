// The colours change where one is: leaving would lose what is being typed. Without scripts a form takes the page along.
import { all, icon, one } from "./dom";
import { say } from "./results";

const ICONS: Record<string, string> = { auto: "sun-moon", light: "sun", dark: "moon" };
const THEMES = Object.keys(ICONS);

function show(theme: string) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of all<HTMLButtonElement>("button[name=theme]")) {
    button.value = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    const named = button.dataset[theme];
    if (named) button.lastChild!.textContent = one("#live")!.textContent = named;
    else one("svg", button)!.replaceWith(icon(ICONS[theme]));
  }
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter as HTMLButtonElement | null;
  if (button?.name !== "theme") return;
  event.preventDefault();
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  const theme = button.value;
  try {
    const answer = await fetch("/theme", { method: "POST", body: new URLSearchParams({ theme }), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error(answer.statusText);
    show(theme);
  } catch {
    say();
  } finally {
    button.ariaBusy = null;
  }
});
