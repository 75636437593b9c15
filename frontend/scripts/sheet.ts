// The filters as a modal sheet on small screens; without this they are a plain popover.
import { all, one } from "./dom";

/** What makes it modal, on the sheet and on all that lies behind it. */
function modal(sheet: HTMLElement, open: boolean) {
  if (open) {
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-modal", "true");
  } else {
    sheet.removeAttribute("role");
    sheet.removeAttribute("aria-modal");
  }
  for (const behind of all(".top, #results, .pills, .intro, .foot")) behind.toggleAttribute("inert", open);
  document.documentElement.classList.toggle("is-locked", open);
}

// Before it closes: the browser then gives the focus back, which it cannot to what is inert.
document.addEventListener(
  "beforetoggle",
  (event) => {
    const sheet = event.target as HTMLElement;
    if (sheet.id === "filters" && (event as ToggleEvent).newState === "closed") modal(sheet, false);
  },
  true,
);

document.addEventListener(
  "toggle",
  (event) => {
    const sheet = event.target as HTMLElement;
    if (sheet.id !== "filters") return;
    if ((event as ToggleEvent).newState === "open") {
      modal(sheet, true);
      one(".filters__x", sheet)?.focus();
    } else if (document.activeElement === document.body) one(".bar__f")?.focus(); // it was drawn anew
  },
  true,
);

/** What was drawn anew came without any of it, and a page gone back to without its sheet open. */
export function settle() {
  const sheet = one("#filters");
  if (sheet) modal(sheet, sheet.matches(":popover-open"));
}
document.addEventListener("htmx:after:swap", settle);

// On a wide screen the filters stand beside the results.
matchMedia("(min-width: 64rem)").addEventListener("change", () => one("#filters:popover-open")?.hidePopover());
