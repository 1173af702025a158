// Photos, several at once, each with its own progress and its own sentence when something is wrong with it.
//   <div data-upload="/products/upload/" data-upload-into="#tray">   from templates/components/dropzone.html
// Each photo is one POST. 2xx: HTML to insert. 4xx: {"error": "One sentence."} or plain text, shown beside the file.
// 401: the page keeps the photo, and sends it once the person has signed in again (js/session.js).
const AT_ONCE = 3;
const TYPES = ["image/jpeg", "image/png", "image/webp"];
const size = (bytes) => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const refusal = (file, limit) => {
  if (!file.size) return "This file is empty. Choose another copy of the photo.";
  if (file.size > limit) return `This photo is ${size(file.size)}; at most ${size(limit)} fit. Save it smaller and drop it again.`;
  if (file.type && !TYPES.includes(file.type)) return "This is not a JPEG, PNG or WebP picture. Save it as one of these and drop it again.";
  return "";
};

const rowFor = (area, file) => {
  const row = area.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
  row.querySelector(".upload-name").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", `Uploading ${file.name}`);
  area.querySelector("[data-upload-list]").prepend(row);
  return row;
};

const preview = (row, file) => {
  const picture = new Image();
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.onload = () => { URL.revokeObjectURL(picture.src); row.querySelector(".thumb").replaceChildren(picture); };
  picture.onerror = () => URL.revokeObjectURL(picture.src);
};

const finish = (row, state, note) => {
  row.classList.add(state);
  row.querySelector(".upload-note").textContent = note;
};

const sentence = (request) => {
  try { return JSON.parse(request.responseText).error || ""; } catch { /* not JSON */ }
  const plain = request.getResponseHeader("Content-Type")?.startsWith("text/plain");
  return (plain && request.responseText) || `The server answered ${request.status} and kept nothing. Try again.`;
};

const accept = (area, row, html) => {
  const tray = area.dataset.uploadInto && document.querySelector(area.dataset.uploadInto);
  if (!tray) { finish(row, "is-done", "Added"); return; }
  tray.insertAdjacentHTML("afterbegin", html);
  window.htmx?.process(tray);
  tray.dispatchEvent(new Event("change", { bubbles: true }));
  row.remove();
};

const send = (area, input, row, file) => new Promise((done) => {
  const request = new XMLHttpRequest();
  const bar = row.querySelector("progress");
  const data = new FormData();
  data.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  data.append(input.name, file, file.name);
  row.querySelector("[data-upload-cancel]")?.addEventListener("click", () => request.abort());
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  request.upload.onload = () => { bar.removeAttribute("value"); row.querySelector(".upload-note").textContent = "Checking"; };
  request.onload = () => {
    if (request.status === 401) keep(area, input, row, file);
    else if (request.status >= 200 && request.status < 300) accept(area, row, request.responseText);
    else finish(row, "is-failed", sentence(request));
  };
  request.onerror = () => finish(row, "is-failed", "The server cannot be reached. Check the connection and drop the photo again.");
  request.onabort = () => row.remove();
  request.onloadend = () => done();
  request.open("POST", area.dataset.upload);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("Packshot-Team", document.body.dataset.team);
  request.send(data);
});

const kept = [];
const keep = (area, input, row, file) => {
  kept.push([area, input, row, file]);
  row.classList.add("is-kept");
  row.querySelector(".upload-note").textContent = "Kept here until you are signed in";
  document.dispatchEvent(new CustomEvent("session:refused"));
};
document.addEventListener("session:renewed", async () => {
  for (const [area, input, row, file] of kept.splice(0)) {
    row.classList.remove("is-kept");
    if (row.isConnected) await send(area, input, row, file);
  }
});

const upload = async (area, input, files) => {
  const limit = 10 * 1024 * 1024;
  const queue = [...files].map((file) => ({ file, row: rowFor(area, file) }));
  const next = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const wrong = refusal(item.file, limit);
      if (wrong) { finish(item.row, "is-failed", wrong); continue; }
      preview(item.row, item.file);
      await send(area, input, item.row, item.file);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
};

document.addEventListener("change", (event) => {
  const area = event.target.closest?.("[data-upload]");
  if (!area || !event.target.matches("input[type=file]") || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  upload(area, event.target, files);
});

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const zone = event.target.closest?.(".dropzone");
    document.querySelectorAll(".dropzone.is-over").forEach((other) => other !== zone && other.classList.remove("is-over"));
    // A photo dropped beside the zone must not replace the page.
    if (type === "dragover" || type === "drop") event.preventDefault();
    if (!zone) return;
    zone.classList.toggle("is-over", type !== "dragleave" && type !== "drop");
    const area = zone.closest("[data-upload]");
    if (type === "drop" && area) upload(area, zone.querySelector("input[type=file]"), event.dataTransfer.files);
  });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-upload-cancel]")?.closest(".upload");
  if (row?.matches(".is-failed, .is-done, .is-kept")) row.remove();
});
// Disabled too: otherwise it is what Enter presses anywhere in the form around it.
const hideButtons = () => document.querySelectorAll("[data-upload-submit]").forEach((button) => { button.hidden = button.disabled = true; });
document.addEventListener("htmx:load", hideButtons);
hideButtons();
