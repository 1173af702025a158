// Keys and selection in a .gallery.
//   arrows move between pictures as they lie on the page, Home and End go to the ends, Enter opens (it is a link)
//   space selects, shift with a press selects all between, Escape lets go
//   a, x, f and the like press [data-picture-key="a"] inside the focused picture
//   [data-selection] appears while anything is selected; [data-selection-count] says how many
const gallery = () => document.querySelector(".gallery");
const links = () => [...document.querySelectorAll(".gallery > .picture > a")];
const boxes = () => [...document.querySelectorAll(".gallery .picture-select > input")];
let last = null;

const showSelection = () => {
  const chosen = boxes().filter((box) => box.checked);
  for (const bar of document.querySelectorAll("[data-selection]")) {
    bar.hidden = !chosen.length;
    bar.querySelectorAll("[data-selection-count]").forEach((spot) => { spot.textContent = `${chosen.length} selected`; });
  }
};

const clear = () => { boxes().forEach((box) => { box.checked = false; }); last = null; showSelection(); };

// The picture in the next row whose middle is nearest.
const vertical = (all, from, direction) => {
  const here = from.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  const rows = all.map((link) => ({ link, box: link.getBoundingClientRect() }))
    .filter(({ box }) => direction * (box.top - here.top) > here.height / 2);
  if (!rows.length) return null;
  const nearest = direction * Math.min(...rows.map(({ box }) => direction * box.top));
  return rows.filter(({ box }) => Math.abs(box.top - nearest) < 2)
    .reduce((best, item) => Math.abs(item.box.left + item.box.width / 2 - middle) < Math.abs(best.box.left + best.box.width / 2 - middle) ? item : best).link;
};

const target = (all, from, key) => {
  const at = all.indexOf(from);
  switch (key) {
    case "ArrowRight": return all[at + 1];
    case "ArrowLeft": return all[at - 1];
    case "ArrowDown": return vertical(all, from, 1);
    case "ArrowUp": return vertical(all, from, -1);
    case "Home": return all[0];
    case "End": return all.at(-1);
    default: return undefined;
  }
};

const select = (box, checked, extend) => {
  const all = boxes();
  if (extend && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((other) => { other.checked = checked; });
  }
  box.checked = checked;
  last = box;
  showSelection();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog:modal")) return;
  if (event.key === "Escape" && boxes().some((box) => box.checked)) { clear(); return; }
  const link = event.target.closest?.(".gallery > .picture > a");
  if (!link) return;
  if (event.key === " ") {
    const box = link.parentElement.querySelector(".picture-select > input");
    if (!box) return;
    event.preventDefault();
    select(box, !box.checked, event.shiftKey);
    return;
  }
  const button = link.parentElement.querySelector(`[data-picture-key="${CSS.escape(event.key)}"]`);
  if (button) { event.preventDefault(); button.click(); return; }
  const next = target(links(), link, event.key);
  if (next === undefined) return;
  event.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-selection-clear]")) clear();
  const box = event.target.closest?.(".gallery .picture-select > input");
  if (box) select(box, box.checked, event.shiftKey);
});
document.addEventListener("htmx:afterSettle", () => { if (gallery()) showSelection(); });
if (gallery()) showSelection();
