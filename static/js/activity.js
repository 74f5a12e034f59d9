// How long the rater works: with the page in view, up to 30 seconds after the last sign of life. It starts anew when a
// comparison is shown, not when it was fetched.
const AWAKE_MS = 30_000;
let activeMs = 0;
let countedTo = 0;
let awakeUntil = 0;

function countActive() {
  const now = performance.now();
  activeMs += Math.max(0, Math.min(now, awakeUntil) - countedTo);
  countedTo = now;
  return now;
}

function noteActivity() {
  const now = countActive();
  awakeUntil = document.hidden ? 0 : now + AWAKE_MS;
}

function startActive() {
  noteActivity();
  activeMs = 0;
}

for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "scroll", "input"]) {
  addEventListener(kind, noteActivity, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", noteActivity);
// On the window, so before anything that reads the form.
addEventListener("submit", (event) => {
  if (event.submitter?.formMethod === "dialog") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  countActive();
  const field = event.target.querySelector("input[name=active_ms]");
  if (field) field.value = String(Math.round(activeMs));
}, { capture: true });
