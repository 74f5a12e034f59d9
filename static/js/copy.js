// Copy buttons are made here, so that none is shown where it can't work.
function addButton(command) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = command.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command.querySelector("code").textContent);
    button.textContent = command.dataset.copied;
    setTimeout(() => { button.textContent = command.dataset.copy; }, 2000);
  });
  command.append(button);
}

function addButtons() {
  if (!navigator.clipboard) return;
  document.querySelectorAll(".command[data-copy]:not(:has(button))").forEach(addButton);
}
addButtons();
document.addEventListener("htmx:afterSwap", addButtons);
document.addEventListener("board:shown", addButtons);
