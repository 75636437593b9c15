// Menus are <details>: they open without this, and close by Escape, a click elsewhere or the focus leaving with it.
import { all, one } from "./dom";

function closeAll(but?: Element | null) {
  for (const menu of all<HTMLDetailsElement>("details.menu[open]")) if (menu !== but) menu.open = false;
}

for (const left of ["click", "focusin"]) {
  document.addEventListener(left, (event) => closeAll((event.target as Element).closest("details.menu")));
}
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && one<HTMLDetailsElement>("details.menu[open]");
  if (!open) return;
  closeAll();
  one("summary", open)?.focus();
});
