// Approving and rejecting on the tiles of the gallery. A tile gets its buttons from <template id="verdicts"> when it is
// first pointed at or focused; gallery.js presses them for the keys a and x. The same button again takes it back.
const template = document.getElementById("verdicts");

const press = (buttons, review) => {
  for (const button of buttons.querySelectorAll("[data-verdict]")) button.setAttribute("aria-pressed", String(button.dataset.verdict === review));
};

const equip = (event) => {
  const tile = event.target.closest?.(".gallery > .picture[id]");
  if (!tile || tile.querySelector(".picture-verdicts")) return;
  tile.append(template.content.cloneNode(true));
  press(tile, tile.dataset.review ?? "");
};
document.addEventListener("pointerover", equip);
document.addEventListener("focusin", equip);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".picture-verdicts > [data-verdict]");
  if (!button) return;
  const tile = button.closest(".picture");
  const verdict = button.dataset.verdict === tile.dataset.review ? "" : button.dataset.verdict;
  window.htmx.ajax("POST", `/gallery/${tile.id}/review/`, { source: button, swap: "none", values: { verdict } });
});

document.body.addEventListener("picture:reviewed", ({ detail }) => {
  const tile = document.getElementById(detail.picture);
  if (tile) press(tile, detail.review);
});
