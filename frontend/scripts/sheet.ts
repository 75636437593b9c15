// The filters as a modal sheet on small screens; without this they are a plain popover.
import { all, one } from "./dom";

document.addEventListener(
  "toggle",
  (event) => {
    const sheet = event.target as HTMLElement;
    if (sheet.id !== "filters") return;
    const open = (event as ToggleEvent).newState === "open";
    if (open) {
      sheet.setAttribute("role", "dialog");
      sheet.setAttribute("aria-modal", "true");
    } else {
      sheet.removeAttribute("role");
      sheet.removeAttribute("aria-modal");
    }
    for (const behind of all(".top, #results, .pills, .intro, .foot")) behind.toggleAttribute("inert", open);
    document.documentElement.classList.toggle("is-locked", open);
    if (open) one(".filters__x", sheet)?.focus();
  },
  true,
);
