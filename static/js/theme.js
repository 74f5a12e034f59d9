// Changes the theme at once; without this script the same form reloads the page in it.
document.addEventListener("submit", (event) => {
  const form = event.target.closest(".theme-form");
  const button = event.submitter;
  if (!form || !button) return;
  event.preventDefault();
  // The cookie is the server's to write: it comes with the redirect, which needs no following.
  const body = new FormData(form, button);
  const saved = fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  document.documentElement.dataset.theme = button.value;
  document.querySelector('meta[name="color-scheme"]').content = button.value;
  form.querySelector(`.theme-button:not([value="${button.value}"])`).focus();
  saved.catch(() => {}); // the page has its theme; offline, the next one has the old
});
