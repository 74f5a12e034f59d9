// Votes on their way: each is kept in this browser until the server has said what became of it, and sent again until
// then, also after the browser was closed. The server takes a battle's revision once, so that sending twice, or from
// two tabs, is no harm. One entry a vote, so that no tab writes over another's.
const KEPT = "arena-vote ";
const SLOW_MS = 4_000;
const LONGEST_WAIT_MS = 30_000;
// Where the browser stores nothing: for as long as the page is open.
const unstored = new Map();
let delivering = false;
let failures = 0;
let retry = 0;

function keepVote(vote) {
  const key = `${KEPT}${String(Date.now()).padStart(15, "0")} ${Math.random()}`;
  try {
    localStorage.setItem(key, JSON.stringify(vote));
  } catch {
    unstored.set(key, vote);
  }
}

function forgetVote(vote) {
  unstored.delete(vote.key);
  try {
    localStorage.removeItem(vote.key);
  } catch { /* there is no store to forget it */ }
}

function readStore() {
  try {
    return Object.entries({ ...localStorage }).filter(([key]) => key.startsWith(KEPT));
  } catch {
    return [];
  }
}

/** The votes that are kept, the oldest first. */
function listVotes() {
  const votes = [...unstored].map(([key, vote]) => ({ ...vote, key }));
  for (const [key, text] of readStore()) {
    // What is no vote holds no vote back.
    try { votes.push({ ...JSON.parse(text), key }); } catch { continue; }
  }
  return votes.sort((one, other) => (one.key < other.key ? -1 : 1));
}

function isSame(vote, other) { return vote.battle === other.battle && vote.revision === other.revision; }

function isKept(vote) { return listVotes().some((kept) => isSame(kept, vote)); }

async function fetchText(address, options) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), htmx.config.timeout);
  try {
    const headers = { "HX-Request": "true", ...options?.headers };
    const response = await fetch(address, { ...options, headers, signal: abort.signal });
    return { response, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

/** Which vote was not taken, and why. */
function tellLost(vote, said) {
  const lost = find("#refusal-template").dataset.lost.replace("{vote}", vote.label);
  return `${lost} ${said.querySelector(".summary-sentence").textContent}`;
}

/** What the server said: taken, refused, or neither, which is tried again. */
async function sendVote(vote) {
  const shown = nameShown(vote);
  const body = new URLSearchParams(vote.fields);
  if (shown) body.set("shown", shown);
  const headers = { "X-CSRFToken": find("[name=csrfmiddlewaretoken]").value };
  const slow = setTimeout(() => tellKept("silent"), SLOW_MS);
  try {
    const { response, text } = await fetchText(vote.address, { method: "POST", body, headers, keepalive: true });
    // Whatever stands between (a proxy, a hotel's sign-in page) may answer too: only the server names a receipt, and
    // only its own refusals say where they belong.
    const taken = response.ok && response.headers.has("X-Vote-Receipt");
    const refused = response.status >= 400 && response.status < 500 && response.headers.has("HX-Retarget");
    return { shown, text, taken, refused, address: response.headers.get("HX-Replace-Url"), status: response.status };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(slow);
  }
}

async function deliverVotes() {
  if (delivering) return;
  delivering = true;
  clearTimeout(retry);
  try {
    for (let vote = listVotes()[0]; vote; vote = listVotes()[0]) {
      const answer = await sendVote(vote);
      if (!answer.taken && !answer.refused) return waitToDeliver(answer.status);
      failures = 0;
      forgetVote(vote);
      if (answer.taken) takeAnswer(vote, answer);
      else takeRefusal(vote, answer);
    }
    tellDelivered();
  } finally {
    delivering = false;
  }
}

function waitToDeliver(status) {
  retry = setTimeout(deliverVotes, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures++));
  if (status === 403) tellKept("stale");
  else tellKept(navigator.onLine ? "silent" : "offline");
}

addEventListener("online", () => {
  failures = 0;
  deliverVotes();
});
// Another tab has sent one.
addEventListener("storage", (event) => {
  if (event.key?.startsWith(KEPT) && event.newValue === null) deliverVotes();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) deliverVotes();
});
addEventListener("beforeunload", (event) => {
  if (unstored.size) event.preventDefault();
});
