// The lightbox: <a data-lightbox href="/gallery/img_…/"> opens in <dialog id="lightbox"> and the address follows;
// back closes it. The server answers HX-Request with templates/components/lightbox_body.html.
// A picture's review is told by the event "picture:reviewed" {picture, review, badge, badge_tone}; its tiles follow.
//   arrows go to the previous and next picture, z or a press zooms, Escape closes
// A page that is opened at a picture's own address renders the dialog with data-open and data-home (where closing leads).
const dialog = document.getElementById("lightbox");
let home = dialog?.dataset.home || "";
let opener = null;

const stage = () => dialog.querySelector(".lightbox-stage");

// A picture that was closed while it was on its way is not shown any more.
let wanted = "";
const load = async (href) => {
  wanted = href;
  // Settled at once: a key that is pressed before htmx knows the buttons would leave the page.
  await window.htmx.ajax("GET", href, { target: dialog, swap: "innerHTML settle:0ms" });
  if (!wanted) { dialog.replaceChildren(); return; }
  if (!dialog.open) dialog.showModal();
  // Not the first link: its ring would draw the eye from the picture.
  dialog.focus();
};

const open = (link) => {
  if (!dialog.open) { home = location.href; opener = link; history.pushState({ lightbox: true }, "", link.href); }
  else history.replaceState({ lightbox: true }, "", link.href);
  return load(link.href);
};

const pan = (event) => {
  const area = stage();
  const box = event.target.closest(".lightbox-picture").getBoundingClientRect();
  const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  if (!area.classList.toggle("is-zoomed")) return;
  const picture = area.querySelector(".lightbox-picture");
  const sharp = picture.querySelector("img[data-original]");
  if (sharp) { sharp.src = sharp.dataset.original; delete sharp.dataset.original; }
  area.scrollTo(at.x * picture.offsetWidth - area.clientWidth / 2, at.y * picture.offsetHeight - area.clientHeight / 2);
};

// Tiles say how their picture was reviewed, wherever that was done.
const mark = ({ picture, review, badge, badge_tone: tone }) => {
  for (const link of document.querySelectorAll(`.picture > a[href*="/${CSS.escape(picture)}/"]`)) {
    const tile = link.parentElement;
    tile.querySelector(".picture-marks > .badge:not(.is-favourite, .is-flaw)")?.remove();
    if (review) tile.dataset.review = review; else delete tile.dataset.review;
    if (!badge) continue;
    let marks = tile.querySelector(".picture-marks");
    if (!marks) { marks = document.createElement("span"); marks.className = "picture-marks"; link.after(marks); }
    const label = document.createElement("span");
    label.className = `badge is-${tone}`;
    label.textContent = badge;
    marks.append(label);
  }
};
document.body.addEventListener("picture:reviewed", (event) => mark(event.detail));

if (dialog) {
  if (dialog.open) dialog.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-lightbox]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); open(link); return; }
    if (dialog.contains(event.target) && event.target.closest(".lightbox-picture")) pan(event);
    if (event.target.closest?.("[data-zoom]")) dialog.querySelector(".lightbox-picture").click();
  });
  dialog.addEventListener("close", () => {
    wanted = "";
    if (history.state?.lightbox) history.back();
    else if (home && location.href !== new URL(home, location.href).href) history.replaceState(null, "", home);
    const still = opener?.isConnected ? opener : null;
    still?.focus();
    dialog.replaceChildren();
  });
  document.addEventListener("keydown", (event) => {
    if (!dialog.open) return;
    const side = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = side && !event.target.matches("input, textarea") && dialog.querySelector(`a[data-lightbox][rel="${side}"]`);
    if (link) { event.preventDefault(); open(link); }
  });
  window.addEventListener("popstate", (event) => {
    if (event.state?.lightbox) load(location.href);
    else if (dialog.open) dialog.close();
  });
}
