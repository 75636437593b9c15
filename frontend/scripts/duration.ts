/** Durations people really type (2 · 2,5 · 2h30 · 1:30 · 90min) as minutes; null when not understood. */
export function minutes(text: string): number | null {
  const typed = text.trim().toLowerCase().replace(",", ".").replace(/\s+/g, "");
  if (!typed) return 0;
  let found = /^(\d+):([0-5]\d)$/.exec(typed);
  if (found) return Number(found[1]) * 60 + Number(found[2]);
  found = /^(\d+)(?:m|mn|min)$/.exec(typed);
  if (found) return Number(found[1]);
  found = /^(\d+(?:\.\d+)?)h?$/.exec(typed);
  if (found) return Math.round(Number(found[1]) * 60);
  found = /^(\d+)h([0-5]?\d)(?:m|mn|min)?$/.exec(typed);
  if (found) return Number(found[1]) * 60 + Number(found[2]);
  return null;
}

/** Minutes as "2:30", nothing for zero. */
export function clock(total: number): string {
  return total ? `${Math.floor(total / 60)}:${String(total % 60).padStart(2, "0")}` : "";
}
