// Before and after: <button data-compare="photo URL"> in the lightbox lays the product photo over the picture;
// a slider says how much of it is seen.
const show = (root = document) => {
  root.querySelectorAll("[data-compare]").forEach((button) => { button.hidden = false; });
};

const cover = (picture, stage, url) => {
  const photo = document.createElement("span");
  photo.className = "compare-photo";
  const image = document.createElement("img");
  image.src = url;
  image.alt = "";
  photo.append(image);
  picture.append(photo);
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "compare-slider";
  slider.value = "50";
  slider.setAttribute("aria-label", "How much of the product photo is seen");
  const set = () => picture.style.setProperty("--at", `${slider.value}%`);
  slider.addEventListener("input", set);
  set();
  stage.append(slider);
  slider.focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-compare]");
  if (!button) return;
  const stage = button.closest(".lightbox").querySelector(".lightbox-stage");
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  if (on) { stage.classList.remove("is-zoomed"); cover(stage.querySelector(".lightbox-picture"), stage, button.dataset.compare); }
  else stage.querySelectorAll(".compare-photo, .compare-slider").forEach((part) => part.remove());
});

document.addEventListener("htmx:load", () => show());
show();
