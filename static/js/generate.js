// The generate page: presets by category, the prompt as it will be sent, and the counts that the form shows.
// The form is looked up anew each time, because a refused one comes back from the server as a whole.
const form = () => document.querySelector("form[data-generate]");
const find = (selector) => form().querySelector(selector);
const all = (selector) => [...form().querySelectorAll(selector)];
const number = new Intl.NumberFormat("en");
let category = "";

const writing = () => find("[data-write]").checked;
const presets = () => all("[data-preset]:has(:checked)");
const products = () => all("#tray .tray-row :checked").map((box) => box.closest(".tray-row").querySelector(".grow > span").textContent);

const showTabs = () => {
  find("[data-scene]").dataset.mode = writing() ? "write" : "preset";
  find("[data-scene-cards]").toggleAttribute("data-price-off", writing());
  find("[data-presets-chip]").hidden = true;
  for (const tab of all("[data-category-choice]")) {
    const cards = all(`[data-preset]${tab.dataset.categoryChoice && `[data-category="${tab.dataset.categoryChoice}"]`}`);
    tab.hidden = !cards.length;
    tab.setAttribute("aria-pressed", String(!writing() && tab.dataset.categoryChoice === category));
  }
  for (const card of all("[data-preset]")) card.hidden = Boolean(category) && card.dataset.category !== category;
};

const showCounts = () => {
  const boxes = all("#tray .tray-row input");
  find("[data-choose-all]").hidden = boxes.length < 2;
  find("[data-choose-all]").textContent = boxes.every((box) => box.checked) ? "Choose none" : "Choose all";
  find("[data-chosen]").textContent = `${products().length} chosen`;
  find("[data-prompt-count]").textContent = `${number.format(find("#id_prompt").value.length)} of 4,000`;
  find("[data-model-summary]").textContent = find("#id_model").selectedOptions[0]?.dataset.summary ?? "";
};

const reveal = () => document.querySelector("#arriving > .batch")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
const show = () => { showTabs(); showCounts(); };
const askPrice = () => find("#quote")?.dispatchEvent(new Event("quote"));

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

for (const type of ["change", "input"]) {
  document.addEventListener(type, (event) => {
    const { target } = event;
    if (!target.form?.matches("form[data-generate]") || !target.name || target.matches("[type=search], [type=file]")) return;
    if (type === "change" && target.name === "preset" && target.checked && presets().length === 1) takeDefaults(target.closest("[data-preset]").dataset);
    // What was wrong with a field is being put right; the server says again if it is not.
    const field = target.name.startsWith("var.") && target.closest(".field, td");
    if (field) { field.querySelector(".errorlist")?.remove(); target.removeAttribute("aria-invalid"); }
    if (type === "change") show(); else showCounts();
    askPrice();
  }, { capture: true });
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-category-choice]");
  if (tab) {
    category = tab.dataset.categoryChoice;
    if (writing()) choose(find("[data-presets]"));
    showTabs();
  }
  if (event.target.closest("[data-choose-all]")) {
    const boxes = all("#tray .tray-row input");
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
    boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
  }
  const edit = event.target.closest("[data-edit-prompt]");
  if (edit) {
    find("#id_prompt").value = edit.dataset.editPrompt;
    choose(find("[data-write]"));
    find("#id_prompt").focus();
  }
});

// What is left, as the server says after a batch started or a job ended.
document.addEventListener("credits", (event) => {
  (find("[data-price-limit]") ?? form()).dataset.left = event.detail.left;
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

// Somebody may have raised the cap that stopped a press while one was elsewhere.
document.addEventListener("visibilitychange", () => { if (!document.hidden && find("[data-price-why]")) askPrice(); });

// Enter would press the button that spends credits; on a choice it chooses, as the space bar does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("form[data-generate] input:not([type=search], [type=file])")) return;
  event.preventDefault();
  if (event.target.matches("[type=checkbox], [type=radio]")) event.target.click();
});
show();
