// The few shorthands every other script uses.
export const one = <T extends Element = HTMLElement>(selector: string, root: ParentNode = document) =>
  root.querySelector<T>(selector);
export const all = <T extends Element = HTMLElement>(selector: string, root: ParentNode = document) => [
  ...root.querySelectorAll<T>(selector),
];

/** An icon of the sprite, taken from the address the page already uses. */
export function icon(name: string): SVGElement {
  const sprite = one<SVGUseElement>("use")!.getAttribute("href")!.split("#")[0];
  const box = document.createElement("span");
  box.innerHTML = `<svg class="i" width="20" height="20" aria-hidden="true"><use href="${sprite}#${name}"/></svg>`;
  return box.firstElementChild as SVGElement;
}
