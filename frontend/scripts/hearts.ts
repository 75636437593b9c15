// A heart changes where it stands; without scripts its form takes the whole page along.
import { say } from "./results";

// One after another: the first one gives a browser its list, which the next must find.
export let turn = Promise.resolve();
export let presses = 0;
document.addEventListener("submit", (event) => {
  const heart = event.submitter as HTMLButtonElement | null;
  if (!heart?.matches(".heart")) return;
  event.preventDefault();
  if (heart.ariaBusy) return;
  heart.ariaBusy = "true";
  const sent = new FormData(event.target as HTMLFormElement, heart) as unknown as Record<string, string>;
  presses++;
  turn = turn.then(() => press(heart, sent));
});

async function press(heart: HTMLButtonElement, sent: Record<string, string>): Promise<void> {
  try {
    const answer = await fetch(heart.formAction, {
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { "HX-Request": "true" },
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = part.querySelector<HTMLButtonElement>(".heart");
    if (!made) throw new Error("an answer without a heart");
    const focused = document.activeElement === heart;
    heart.replaceWith(made);
    if (focused) made.focus({ preventScroll: true });
    say(made.dataset.said ?? "");
  } catch {
    heart.ariaBusy = null;
    say();
  }
}
