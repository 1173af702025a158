// <button data-copies="id"><span>Copy</span></button> copies that element's text, and says so for a moment.
const SAID_FOR = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const label = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(source.textContent);
    label.textContent = "Copied";
  } catch {
    // Without a secure address there is no clipboard: mark the text, ready for the keyboard.
    getSelection().selectAllChildren(source);
    label.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { label.textContent = "Copy"; }, SAID_FOR);
});
