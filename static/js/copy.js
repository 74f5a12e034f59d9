// Copy buttons are made here, so that none is shown where it can't work.
for (const command of document.querySelectorAll(".command[data-copy]")) {
  if (!navigator.clipboard) break;
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
