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

document.addEventListener("click", (event) => {
  if (!event.target.closest(".prompt-toggle, [data-show-prompt]")) return;
  event.preventDefault();
  togglePrompt();
});
