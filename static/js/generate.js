// The generate page: presets by category, the prompt as it will be sent, and the counts that the form shows.
// The form is looked up anew each time, because a refused one comes back from the server as a whole.
const form = () => document.querySelector("form[data-generate]");
const find = (selector) => form().querySelector(selector);
const all = (selector) => [...form().querySelectorAll(selector)];
const VARIABLE = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g;
const number = new Intl.NumberFormat("en");
let category = "";
let before = "";

const writing = () => find("[data-write]").checked;
const preset = () => find("[data-preset]:has(:checked)");
const products = () => all("#tray :checked").map((box) => box.closest(".tray-row").querySelector(".grow > span").textContent);

const showTabs = () => {
  find("[data-scene]").dataset.mode = writing() ? "write" : "preset";
  for (const tab of all("[data-category-choice]")) {
    const cards = all(`[data-preset]${tab.dataset.categoryChoice && `[data-category="${tab.dataset.categoryChoice}"]`}`);
    tab.hidden = !cards.length;
    tab.setAttribute("aria-pressed", String(!writing() && tab.dataset.categoryChoice === category));
  }
  for (const card of all("[data-preset]")) card.hidden = Boolean(category) && card.dataset.category !== category;
};

const showPreview = () => {
  const chosen = preset();
  find("[data-preview]").hidden = !chosen;
  if (!chosen) return;
  const names = products();
  const values = { product: names[0] ?? "Your product" };
  const words = [];
  let end = 0;
  for (const match of chosen.dataset.template.matchAll(VARIABLE)) {
    const value = document.createElement("b");
    value.textContent = values[match[1]] ?? match[0];
    words.push(chosen.dataset.template.slice(end, match.index), value);
    end = match.index + match[0].length;
  }
  find("[data-preview-text]").replaceChildren(...words, chosen.dataset.template.slice(end));
  find("[data-preview-note]").textContent = names.length > 1 ? `And the same for ${names.length - 1} more.` : "";
};

const showCounts = () => {
  find("[data-chosen]").textContent = `${products().length} chosen`;
  find("[data-prompt-count]").textContent = `${number.format(find("#id_prompt").value.length)} of 4,000`;
  find("[data-model-summary]").textContent = find("#id_model").selectedOptions[0]?.dataset.summary ?? "";
};

const reveal = () => document.querySelector("#arriving > .batch")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
const show = () => { showTabs(); showPreview(); showCounts(); };

// A preset brings its own model, shape and number along; they can be changed afterwards.
const takeDefaults = ({ model, shape, count }) => {
  if ([...find("#id_model").options].some((option) => option.value === model)) find("#id_model").value = model;
  for (const box of all("[name=aspect_ratio]")) box.checked = box.value === shape;
  for (const radio of all("[name=num_images]")) radio.checked = radio.value === count;
};

const choose = (radio) => {
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("change", (event) => {
  if (!event.target.closest("form[data-generate]")) return;
  const chosen = event.target.name === "preset" && event.target.closest("[data-preset]");
  if (chosen) { before = chosen.dataset.preset; takeDefaults(chosen.dataset); }
  show();
}, { capture: true });
document.addEventListener("input", (event) => { if (event.target.id === "id_prompt") showCounts(); });

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-category-choice]");
  if (tab) {
    category = tab.dataset.categoryChoice;
    showTabs();
    // Leaving one's own words for the presets takes the last one again, or the first that is shown.
    const shown = all("[data-preset]:not([hidden])");
    const back = shown.find((card) => card.dataset.preset === before) ?? shown[0];
    if (writing() && back) choose(back.querySelector("input"));
  }
  if (event.target.closest("[data-edit-prompt]")) {
    find("#id_prompt").value = preset().dataset.template;
    choose(find("[data-write]"));
    find("#id_prompt").focus();
  }
});

// What is left, as the server says after a batch started or a job ended.
document.addEventListener("credits", (event) => {
  form().dataset.left = event.detail.left;
  find("#id_model").dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("htmx:afterSettle", (event) => {
  show();
  if (event.target.id !== "arriving") return;
  for (const stale of all(".errorlist")) stale.remove();
  for (const field of all("[aria-invalid]")) field.removeAttribute("aria-invalid");
  reveal();
});
document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target.id === "arriving") reveal(); });

// Enter on a choice would press the button that spends credits; here it chooses, as the space bar does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("form[data-generate]") || !event.target.matches("[type=checkbox], [type=radio]")) return;
  event.preventDefault();
  event.target.click();
});
show();
