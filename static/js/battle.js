// The rating page with JavaScript: keys, the prompt's length, the phone's side switch, the undo clock.
// Everything here is a comfort: the forms work without it.
const phone = matchMedia("(max-width: 56rem)");

function find(selector) { return document.querySelector(selector); }
function findAll(selector) { return [...document.querySelectorAll(selector)]; }

// Keys by physical place, so that 1 to 4 also work on a French keyboard.
function isTyping(target) { return target.matches("input:not([type=checkbox], [type=radio]), textarea, select"); }

addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target)) return;
  if (find("[data-keys=off]")) return;
  if (event.code === "Enter" && event.target.matches("a, button, summary")) return;
  const element = find(`[data-code="${CSS.escape(event.code)}"]`);
  if (!element || element.hidden) return;
  event.preventDefault();
  element.click();
  if (element.matches("summary")) element.focus();
});

// The prompt: short, whole, or pinned over the responses.
function setPrompt(state) {
  const toggle = find(".prompt-toggle");
  find(".prompt").dataset.state = state;
  toggle.setAttribute("aria-expanded", String(state !== "short"));
  toggle.querySelector("[data-label]").textContent = state === "short" ? toggle.dataset.more : toggle.dataset.less;
}

function togglePrompt() {
  const prompt = find(".prompt");
  const passed = scrollY > prompt.offsetTop + prompt.offsetHeight;
  if (prompt.dataset.state === "pinned" || (prompt.dataset.state === "full" && !passed)) return setPrompt("short");
  setPrompt(passed ? "pinned" : "full");
}

function startPrompt() {
  const text = find(".prompt-text");
  if (!text) return;
  find(".prompt-toggle").hidden = false;
  setPrompt("short");
  if (text.scrollHeight <= text.clientHeight + 1) {
    setPrompt("full");
    find(".prompt-toggle").hidden = true;
  }
}

// Phone: A | B. Both responses share the page's scroll, so the place is kept.
const PARTS = 20;
let seen = {};

function currentSide() {
  const track = find(".responses");
  return track.scrollLeft > track.clientWidth / 2 ? "b" : "a";
}

function refreshSides() {
  const track = find(".responses");
  if (!track || !phone.matches) return;
  const side = currentSide();
  const body = find(`#response-${side} .response-body`).getBoundingClientRect();
  const bottom = innerHeight - find(".vote-bar").offsetHeight;
  for (let part = 0; part < PARTS; part++) {
    const y = body.top + body.height * (part + 0.5) / PARTS;
    if (y > 50 && y < bottom) seen[side].add(part);
  }
  for (const tab of findAll(".side-switch [data-side]")) showSeen(tab, tab.dataset.side === side);
}

function showSeen(tab, isCurrent) {
  if (isCurrent) tab.setAttribute("aria-current", "true");
  else tab.removeAttribute("aria-current");
  const share = Math.round(seen[tab.dataset.side].size * 100 / PARTS);
  const label = tab.querySelector(".seen");
  label.hidden = false;
  label.querySelector("progress").value = share;
  label.querySelector("output").textContent = `${share}% ${label.dataset.seen}`;
}

function startSides() {
  seen = { a: new Set(), b: new Set() };
  find(".responses")?.addEventListener("scroll", refreshSides, { passive: true });
  refreshSides();
}
addEventListener("scroll", refreshSides, { passive: true });

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".side-switch a");
  if (event.target.closest(".prompt-toggle, [data-show-prompt]")) {
    event.preventDefault();
    togglePrompt();
  } else if (event.target.closest("[data-show-reasons]")) {
    event.preventDefault();
    find("#reasons").open = true;
    find("#reasons summary").focus();
  } else if (tab) {
    event.preventDefault();
    const track = find(".responses");
    track.scrollTo({ left: tab.dataset.side === "b" ? track.scrollWidth : 0 });
  }
});

// The undo clock: the server holds to it; the page only shows it.
let clock = 0;

function startClock() {
  clearInterval(clock);
  const time = find(".undo-time");
  if (!time) return;
  const ends = Date.now() + Number(time.dataset.seconds) * 1000;
  clock = setInterval(() => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    time.textContent = `${left} s`;
    if (left > 0) return;
    clearInterval(clock);
    time.closest("[data-expires]")?.remove();
  }, 250);
}

// How long the rater works: with the page in view, up to 30 seconds after the last sign of life.
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
// Before htmx reads the form.
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

function startStage() {
  startActive();
  startPrompt();
  startSides();
  startClock();
}

function warn(isWrong) {
  const notice = find("#connection-notice");
  notice.textContent = isWrong ? notice.dataset.offline : "";
  notice.hidden = !isWrong;
}

document.addEventListener("htmx:afterSwap", () => {
  warn(false);
  startStage();
  const title = find("[data-focus]");
  if (!title) return;
  title.focus({ preventScroll: true });
  find("#announcement").textContent = find(".recorded-strip p")?.textContent ?? title.textContent;
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, () => warn(true));
document.addEventListener("htmx:responseError", (event) => warn(event.detail.xhr.status >= 500));

startStage();
