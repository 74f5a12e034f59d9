// A choice shows at once: the parts of the page that it changes come from its own address, which becomes the page's.
// Without this script the form has a button, and the answer is the whole page.
const PARTS = ["board-title", "board-filters", "board-selection", "board"];
let latest = 0;

function findForm() {
  return document.querySelector("form.filters");
}

// What is chosen as it comes says nothing in an address.
function makeAddress(form) {
  const chosen = [...new FormData(form)].filter(([name, value]) => value !== "" && !isUsual(form, name, value));
  const query = new URLSearchParams(chosen).toString();
  return location.pathname + (query ? `?${query}` : "");
}

function isUsual(form, name, value) {
  return form.querySelector(`[name="${name}"]`).closest("[data-usual]")?.dataset.usual === value;
}

function swapParts(answer) {
  const focused = document.activeElement?.id;
  for (const id of PARTS) {
    const [old, fresh] = [document.getElementById(id), answer.getElementById(id)];
    if (old && fresh) old.replaceChildren(...document.importNode(fresh, true).childNodes);
  }
  document.title = answer.title;
  // After the answer, the switch of languages leads back to what is shown now.
  for (const field of document.querySelectorAll("input[name=next]")) {
    field.value = answer.querySelector("input[name=next]")?.value ?? field.value;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("board:shown"));
}

async function show(address) {
  latest += 1;
  const turn = latest;
  const board = document.getElementById("board");
  board.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { accept: "text/html" } });
    if (!response.ok || response.redirected) throw new Error(response.url);
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn !== latest) return;
    history.pushState(null, "", address);
    swapParts(answer);
  } catch {
    if (turn === latest) location.assign(address);
  } finally {
    if (turn === latest) board.removeAttribute("aria-busy");
  }
}

document.addEventListener("change", (event) => {
  const form = findForm();
  if (form?.contains(event.target)) show(makeAddress(form));
});
addEventListener("popstate", () => location.reload());
