// The rating page: what is on screen, what is held ready for after it, and what became of the votes. Everything here is
// a comfort: the forms work without it. An answer that comes late changes nothing that the rater has before them.
const TOO_SOON_MS = 500;
const stage = find("#stage");
const notice = find("#connection-notice");
let held = null;
let castAt = -Infinity;

function parse(text) {
  const box = document.createElement("template");
  box.innerHTML = text;
  return box.content;
}

function say(text) { find("#announcement").textContent = text.replace(/\s+/g, " ").trim(); }

function findForm() { return stage.querySelector("form[data-battle]"); }

/** What says where the next pair is: the form of this one, or the way on from its vote. */
function findSource() { return stage.querySelector("[data-next]"); }

/** Which answer a form asks for. */
function readForm(form) { return { battle: form.dataset.battle, revision: form.elements.revision.value }; }

function isOnScreen(vote) {
  const form = findForm();
  return form !== null && isSame(readForm(form), vote);
}

/** The battle on screen, where that is no longer the vote's own; the server then answers for what comes after it. */
function nameShown(vote) { return isOnScreen(vote) ? "" : findForm()?.dataset.battle ?? "nothing"; }

// What is on screen
function startStage() {
  startActive();
  startPrompt();
  startSides();
  startClock();
  const form = findForm();
  if (form) {
    held = null;
    if (isKept(readForm(form))) form.dataset.state = "sending";
  }
  askNext();
}

function showStage(content, address) {
  stage.replaceChildren(content);
  htmx.process(stage);
  if (address && address !== location.pathname) history.replaceState(history.state, "", address);
  scrollTo({ top: 0, behavior: "instant" });
  htmx.trigger(stage, "htmx:afterSwap");
}

document.addEventListener("htmx:afterSwap", () => {
  if (!listVotes().length) tellNothing();
  startStage();
  const title = find("[data-focus]");
  if (!title) return;
  title.focus({ preventScroll: true });
  const strip = find("[data-state=recorded] [data-said]");
  say(strip?.textContent ?? "");
});

// What comes after it
function hold(content) {
  const lease = content.querySelector("form[data-lease]")?.dataset.lease ?? Infinity;
  held = { content, until: Date.now() + lease * 1000 };
  goOn();
}

async function holdNext() {
  const source = findSource();
  if (!source || held) return;
  const answer = await fetchText(source.dataset.next).catch(() => null);
  if (findSource() !== source) return;
  if (answer?.response.status === 409) showEnd();
  if (answer?.response.status === 200 && !held) hold(parse(answer.text));
}

/** The study takes no votes any more: what it says to that, in place of a pair that nobody can vote on. */
async function showEnd() {
  const answer = await fetchText(stage.dataset.address).catch(() => null);
  if (answer && answer.response.status < 500) showStage(parse(answer.text));
}

/** Where a vote is on its way, its answer brings what comes next. */
function askNext() {
  if (!listVotes().length) holdNext();
}

/** Without asking the server. Whether there was something to show. */
function showHeld(vote) {
  if (!held || held.until < Date.now()) return false;
  const { content } = held;
  held = null;
  if (vote) content.querySelector(".strip-slot")?.replaceChildren(makeStrip(vote, "sending"));
  showStage(content, stage.dataset.address);
  return true;
}

/** A vote that can't be sent now keeps nobody waiting, where there is something to go on with. */
function goOn() {
  if (findForm()?.dataset.state !== "kept" || !showHeld(listVotes().find(isOnScreen))) return false;
  tellKept();
  return true;
}

// A vote is cast
function castVote(form, button) {
  const fields = [...new FormData(form), [button.name, button.value]].filter(([name]) => name !== "csrfmiddlewaretoken");
  const label = button.firstElementChild.textContent;
  const vote = { ...readForm(form), address: form.getAttribute("action"), label, fields };
  keepVote(vote);
  form.dataset.state = "sending";
  button.dataset.chosen = "";
  castAt = performance.now();
  if (stage.dataset.flow === "straight") showHeld(vote);
  deliverVotes();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-battle]")) return;
  const isVote = event.submitter?.name === "outcome";
  const isBusy = form.dataset.state || form.classList.contains("htmx-request");
  // The second half of a double press, while the first is on its way: nobody has read the next pair by then.
  const isTooSoon = isVote && delivering && performance.now() - castAt < TOO_SOON_MS;
  if (!isVote && !isBusy) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!isBusy && !isTooSoon) castVote(form, event.submitter);
}, { capture: true });

document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest(".vote-choices button")) event.preventDefault();
  if (event.target.closest("[data-go-on]") && showHeld()) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-show-reasons]")) return;
  event.preventDefault();
  find("#reasons").open = true;
  find("#reasons summary").focus();
});

// What became of it
function takeAnswer(vote, { shown, text, address }) {
  const content = parse(text);
  if (!shown && isOnScreen(vote)) return showStage(content, address);
  const strip = content.querySelector(".recorded-strip") ?? makeStrip(vote, "recorded");
  say(strip.querySelector("[data-said]").textContent);
  const old = findStrip(vote);
  if (old) {
    old.replaceWith(strip);
    htmx.process(strip);
    startClock();
  } else if (strip.dataset.state === "differs") {
    // Its strip has gone since: what was not counted stays said all the same.
    refuse(strip.dataset.title, strip.querySelector("[data-said]").textContent);
  }
  const next = content.querySelector("template[data-held]");
  if (findForm()?.dataset.battle !== shown) return askNext();
  if (next && !held) hold(next.content);
}

/** A notice that stays until it is closed; with the comment that was lost, where there is one. */
function refuse(title, reason, comment = "", link = null) {
  const refusal = find("#refusal-template").content.cloneNode(true);
  refusal.querySelector("[data-title]").textContent = title;
  refusal.querySelector("[data-reason]").textContent = reason;
  if (comment) refusal.querySelector("textarea").value = comment;
  else refusal.querySelector("label").remove();
  if (link) refusal.querySelector("[data-actions]").prepend(link);
  find("#refusals").append(refusal);
}

function takeRefusal(vote, { text }) {
  const said = parse(text);
  const isBefore = isOnScreen(vote);
  findStrip(vote)?.remove();
  if (isBefore) {
    delete findForm().dataset.state;
    findForm().querySelector("[data-chosen]")?.removeAttribute("data-chosen");
  }
  const comment = isBefore ? "" : Object.fromEntries(vote.fields).comment;
  const link = isBefore ? said.querySelector("a") : null;
  refuse(said.querySelector("h1").textContent, tellLost(vote, said), comment, link);
  askNext();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest(".notice").remove();
});

/** No vote is kept any more, by this tab's doing or another's. */
function tellDelivered() {
  tellNothing();
  for (const strip of findAll("[data-state=sending][data-vote], [data-state=kept][data-vote]")) strip.remove();
  if (findForm()?.dataset.state) location.assign(stage.dataset.address);
}

// The strip
function nameVote(vote) { return `${vote.battle} ${vote.revision}`; }

function findStrip(vote) { return find(`[data-vote="${nameVote(vote)}"]`); }

function makeStrip(vote, state) {
  const strip = find("#strip-template").content.firstElementChild.cloneNode(true);
  strip.dataset.vote = nameVote(vote);
  strip.dataset.state = state;
  strip.querySelector("[data-said]").textContent = strip.dataset[state].replace("{vote}", vote.label);
  return strip;
}

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
    const expired = time.closest("[data-expires]");
    // Its place stays, so that nothing moves under the reader's eyes.
    const slot = expired.parentElement;
    slot.style.minBlockSize = `${slot.getBoundingClientRect().height}px`;
    expired.remove();
  }, 250);
}

// In words
let why = "";

function tellNothing() {
  notice.hidden = true;
  notice.textContent = "";
}

function tell(text) {
  notice.hidden = false;
  // Said again only where it says something else.
  if (notice.textContent !== text) notice.textContent = text;
}

/** Why the votes are still here: "offline", "silent", "stale"; without a word, as before. */
function tellKept(reason = why) {
  why = reason;
  const form = findForm();
  const kept = listVotes();
  if (form?.dataset.state && kept.some(isOnScreen)) {
    form.dataset.state = "kept";
    if (held && goOn()) return;
    holdNext();
  }
  for (const vote of kept) findStrip(vote)?.replaceWith(makeStrip(vote, "kept"));
  const words = notice.dataset;
  const count = kept.length > 1 ? "Many" : "One";
  const said = [words[why + count].replace("{count}", kept.length)];
  if (form?.dataset.state) said.push(words.waiting);
  if (unstored.size) said.push(words.unstored);
  tell(said.join(" "));
}

// What is no vote may simply be tried again.
function tellFailure() { tell(navigator.onLine ? notice.dataset.silent : notice.dataset.offline); }

for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, tellFailure);
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) tellFailure();
});
addEventListener("online", askNext);

// Deferred scripts run before this event, at which htmx reads its settings; ours, its time-out, come from there.
document.addEventListener("DOMContentLoaded", () => {
  startStage();
  deliverVotes();
});
