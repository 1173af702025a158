// The price before the press. Inside <form data-price data-left="412">:
//   data-price-unit     a group of radios, or a select, whose chosen option has data-credits (credits a picture)
//   data-price-parts    after the label of a ticked box: it counts as often as boxes are ticked in here, named by the value
//   data-price-off      on a group of counts: it does not count now
//   data-price-take     a hidden number: the batch is trimmed to so many jobs, as long as it has data-price-of without
//   data-price-count    a group of boxes: how many are ticked; or a radio group, select or number: its value
//   pictures = product of all counts, credits = pictures × unit
//   data-price-why      says more of what stands against a press than data-price-short, which is hidden then
//   data-price-limit    several limits instead of the form's one: each has data-left, data-limit-name ("the cap of Spring", or
//                       nothing for the team) and spots of its own for left and after
// and anywhere in the form: data-price-pictures, data-price-credits, data-price-each, data-price-left, data-price-after,
// data-price-note (the counts, with the group's data-price-noun: "3 products × 2 shapes"; text is replaced), data-price-short (shown when credits do not suffice), data-price-button (its label and disabled state).
const number = new Intl.NumberFormat("en");
const plural = (n, one) => `${number.format(n)} ${one}${n === 1 ? "" : "s"}`;

const chosen = (group) => group.matches("select") ? group.selectedOptions[0] : group.querySelector("input:checked");

const boxes = (group) => [...group.querySelectorAll("input:checked")].filter((box) => !box.closest("[data-price-parts]"));
const parts = (box) => box.closest("label")?.nextElementSibling?.closest("[data-price-parts]");

const count = (group) => {
  if (group.matches("input, select")) return Number(group.value) || 0;
  if (group.querySelector("input[type=checkbox]")) return boxes(group).reduce((all, box) => all + (parts(box)?.querySelectorAll(":checked").length ?? 1), 0);
  return Number(group.querySelector("input:checked, input[type=number]")?.value) || 0;
};

const groups = (form) => [...form.querySelectorAll("[data-price-count]:not([data-price-off])")];
const product = (some) => some.reduce((all, group) => all * count(group), 1);
const hidden = (form, name) => Number(form.querySelector(`[data-price-${name}]`)?.value) || 0;

// Only jobs can be trimmed away: groups with a noun multiply them, the others say how many pictures each has.
const quote = (form) => {
  const unit = form.querySelector("[data-price-unit]");
  const each = Number(unit && chosen(unit)?.dataset.credits) || 0;
  const jobs = product(groups(form).filter((group) => group.dataset.priceNoun));
  const taken = hidden(form, "of") === jobs ? hidden(form, "take") || jobs : jobs;
  const pictures = taken * product(groups(form).filter((group) => !group.dataset.priceNoun));
  return { each, pictures, credits: pictures * each };
};

const limits = (form) => {
  const several = [...form.querySelectorAll("[data-price-limit]")];
  return several.length ? several : [form];
};
const left = (limit) => Number(limit.dataset.left);
const tightest = (form) => limits(form).reduce((one, other) => left(other) < left(one) ? other : one);

const refusal = (credits, limit) => {
  const { limitName } = limit.dataset;
  return limitName
    ? `This needs ${plural(credits, "credit")}, but ${limitName} has only ${number.format(left(limit))} left.`
    : `This needs ${plural(credits, "credit")}; the team has ${number.format(left(limit))} left. Choose fewer pictures or a cheaper model.`;
};

const named = (group) => {
  const ticked = boxes(group).length, all = count(group), noun = group.dataset.priceNoun;
  if (!ticked || ticked === all) return plural(all, noun);
  return `${plural(all, boxes(group).map(parts).find(Boolean).dataset.priceParts)} of ${plural(ticked, noun)}`;
};
const note = (form) => groups(form)
  .map((group) => group.dataset.priceNoun ? named(group) : number.format(count(group))).join(" × ");

const show = (form) => {
  const { each, pictures, credits } = quote(form);
  const narrow = tightest(form);
  const short = credits > left(narrow);
  const write = (name, text, part = form) => part.querySelectorAll(`[data-price-${name}]`).forEach((spot) => { spot.textContent = text; });
  write("pictures", plural(pictures, "picture"));
  write("credits", plural(credits, "credit"));
  write("each", number.format(each));
  write("note", note(form));
  for (const limit of limits(form)) {
    write("left", number.format(left(limit)), limit);
    write("after", credits > left(limit) ? "not enough" : number.format(left(limit) - credits), limit);
  }
  write("short", short ? refusal(credits, narrow) : "");
  form.querySelectorAll("[data-price-short]").forEach((spot) => { spot.hidden = !short || Boolean(form.querySelector("[data-price-why]")); });
  for (const button of form.querySelectorAll("[data-price-button]")) {
    const label = button.querySelector("[data-price-label]") ?? button;
    label.textContent = pictures && each ? `Generate ${plural(pictures, "picture")} · ${plural(credits, "credit")}` : "Choose a product";
    button.disabled = !pictures || !each || short;
  }
};

const showAll = () => document.querySelectorAll("form[data-price]").forEach(show);
for (const type of ["change", "input"]) {
  document.addEventListener(type, (event) => {
    const { form } = event.target;
    if (form?.matches("form[data-price]")) show(form);
  });
}
document.addEventListener("htmx:afterSettle", showAll);
showAll();
