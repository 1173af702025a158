// Dialogs and menus.
//   <button data-opens="dialog-id">      opens a <dialog>
//   <button data-closes>                 closes the one around it
//   <dialog data-open>                   is opened as soon as it arrives (page load or htmx)
// A press on the backdrop closes a dialog; Escape and a press elsewhere close a menu (<details class="menu">).
const openArrived = (root) => {
  for (const dialog of root.querySelectorAll("dialog[data-open]")) {
    dialog.removeAttribute("data-open");
    dialog.removeAttribute("open");
    dialog.showModal();
  }
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens)?.showModal();
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && !event.target.matches(".lightbox")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("htmx:afterSettle", (event) => openArrived(event.target.parentElement ?? document));
openArrived(document);
