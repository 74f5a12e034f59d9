// Pages beside the rating page send the votes that were kept in this browser, too. outbox.js does it; here it is said
// what became of them, and nothing else of the page changes.
const notice = find("#connection-notice");
// The outbox reads its time-out where the rating page has it.
const htmx = { config: { timeout: 15_000 } };
let recorded = 0;

/** No battle is shown here: the server answers for the vote alone, and gives out no next one. */
function nameShown() { return "nothing"; }

function parse(text) {
  const box = document.createElement("template");
  box.innerHTML = text;
  return box.content;
}

function tell(text, isGood) {
  notice.classList.toggle("notice-good", isGood);
  notice.classList.toggle("notice-warn", !isGood);
  notice.querySelector("[data-again]").hidden = !isGood;
  notice.querySelector("[data-said]").textContent = text;
  notice.hidden = false;
}

function refuse(title, reason, comment) {
  const refusal = find("#refusal-template").content.cloneNode(true);
  refusal.querySelector("[data-title]").textContent = title;
  refusal.querySelector("[data-reason]").textContent = reason;
  if (comment) refusal.querySelector("textarea").value = comment;
  else refusal.querySelector("label").remove();
  find("#refusals").append(refusal);
}

function takeAnswer(vote, { text }) {
  const strip = parse(text).querySelector(".recorded-strip");
  // Another tab had answered otherwise: that answer stands.
  if (strip?.dataset.state === "differs") refuse(strip.dataset.title, strip.querySelector("[data-said]").textContent);
  else if (strip?.dataset.state !== "undone") recorded++;
}

function takeRefusal(vote, { text }) {
  const said = parse(text);
  const comment = Object.fromEntries(vote.fields).comment;
  refuse(said.querySelector("h1").textContent, tellLost(vote, said), comment);
}

function tellKept(why = "silent") {
  const count = listVotes().length;
  tell(notice.dataset[why + (count > 1 ? "Many" : "One")].replace("{count}", count), false);
}

function tellDelivered() {
  if (recorded) tell(notice.dataset[recorded > 1 ? "recordedMany" : "recordedOne"].replace("{count}", recorded), true);
  else notice.hidden = true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest(".notice").remove();
});
document.addEventListener("DOMContentLoaded", deliverVotes);
