// Tells the server the visitor's time zone, so that hours are shown at the visitor's time and rates in their money.
// What it has just drawn of another (a first visit, a journey) is drawn again, unless the address asks for a zone.
import { show } from "./compare";
import { all } from "./dom";
import { presses, turn } from "./hearts";
import { settle } from "./sheet";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) {
  document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;
  const elsewhere = all("[data-zone]").filter((each) => each.dataset.zone !== zone);
  if (elsewhere.length && !new URLSearchParams(location.search).has("tz")) void redraw(elsewhere);
}

async function redraw(parts: HTMLElement[]): Promise<void> {
  const seen = location.href;
  const before = presses;
  await turn;
  const answer = await fetch(seen);
  if (!answer.ok || location.href !== seen) return; // another search, asked for meanwhile, is at the right time already
  if (presses !== before) return redraw(parts); // this answer does not know yet of a heart pressed meanwhile
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) part.replaceWith(page.getElementById(part.id) ?? part);
  show();
  settle();
}
