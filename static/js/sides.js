// Phone: A | B. Both responses share the page's scroll, so the place is kept.
const phone = matchMedia("(max-width: 56rem)");
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
  label.querySelector("output").textContent = label.dataset.seen.replace("{share}", share);
}

function startSides() {
  seen = { a: new Set(), b: new Set() };
  find(".responses")?.addEventListener("scroll", refreshSides, { passive: true });
  refreshSides();
}
addEventListener("scroll", refreshSides, { passive: true });

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".side-switch a[data-side]");
  if (!tab) return;
  event.preventDefault();
  const track = find(".responses");
  track.scrollTo({ left: tab.dataset.side === "b" ? track.scrollWidth : 0 });
});
