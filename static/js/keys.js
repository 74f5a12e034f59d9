// The scripts of the rating page are deferred: they run in the order of the page and share their names, which costs no
// bundler and no import to wait for. This one is the first; the next ones use these two.
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

// Out of the reasons to skip, back to the button that opened them; also where no keys vote.
addEventListener("keydown", (event) => {
  const open = event.code === "Escape" && !isTyping(event.target) && find(".skip-why[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// On and off without leaving the comparison; without this script the same form loads the page again.
document.addEventListener("submit", (event) => {
  const form = event.target.closest(".keys-form");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const keys = event.submitter.value;
  // The cookie is the server's to write: it comes with the redirect, which needs no following.
  const body = new FormData(form);
  body.set("keys", keys);
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  find("[data-keys]").dataset.keys = keys;
  form.querySelector(`button:not([value="${keys}"])`).focus();
});

// Before a study begins, its own form says whether keys are used: they try out there what they will do later.
document.addEventListener("change", (event) => {
  if (event.target.name === "uses_keys") find("[data-keys]").dataset.keys = event.target.checked ? "on" : "off";
});

// What is said of a practice vote may stand below what is on screen.
addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "practice-feedback") event.target.scrollIntoView({ block: "nearest" });
});
