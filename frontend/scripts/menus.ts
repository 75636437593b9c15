// Menus are <details>: they open without this, and close by Escape or a click elsewhere with it.
import { all, one } from "./dom";

function closeAll(but?: Element | null) {
  for (const menu of all<HTMLDetailsElement>("details.menu[open]")) if (menu !== but) menu.open = false;
}

document.addEventListener("click", (event) => closeAll((event.target as Element).closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && one<HTMLDetailsElement>("details.menu[open]");
  if (!open) return;
  closeAll();
  one("summary", open)?.focus();
});
