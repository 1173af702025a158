// Photos, several at once, each with its own progress and its own sentence when something is wrong with it.
//   <form data-upload action="/products/upload/">  with a .dropzone, an <input type="file" name="…">, a [data-upload-list]
//   and a <template data-upload-row> (templates/components/dropzone.html brings all of them)
//   data-upload-into="#tray"  where the HTML of an accepted photo goes: first child
// Each photo is one POST. 2xx: HTML to insert. 4xx: {"error": "One sentence."} or plain text, shown beside the file.
const AT_ONCE = 3;
const TYPES = ["image/jpeg", "image/png", "image/webp"];
const size = (bytes) => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const refusal = (file, limit) => {
  if (!file.size) return "This file is empty. Choose another copy of the photo.";
  if (file.size > limit) return `This photo is ${size(file.size)}; at most ${size(limit)} fit. Save it smaller and drop it again.`;
  if (file.type && !TYPES.includes(file.type)) return "This is not a JPEG, PNG or WebP picture. Save it as one of these and drop it again.";
  return "";
};

const rowFor = (form, file) => {
  const row = form.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
  row.querySelector(".upload-name").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", `Uploading ${file.name}`);
  form.querySelector("[data-upload-list]").prepend(row);
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

const accept = (form, row, html) => {
  const tray = document.querySelector(form.dataset.uploadInto ?? "");
  if (!tray) { finish(row, "is-done", "Added"); return; }
  tray.insertAdjacentHTML("afterbegin", html);
  window.htmx?.process(tray);
  tray.dispatchEvent(new Event("change", { bubbles: true }));
  row.remove();
};

const send = (form, input, row, file) => new Promise((done) => {
  const request = new XMLHttpRequest();
  const bar = row.querySelector("progress");
  const data = new FormData();
  for (const hidden of form.querySelectorAll("input[type=hidden][name]")) data.append(hidden.name, hidden.value);
  data.append(input.name, file, file.name);
  row.querySelector("[data-upload-cancel]")?.addEventListener("click", () => request.abort());
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  request.upload.onload = () => { bar.removeAttribute("value"); row.querySelector(".upload-note").textContent = "Checking"; };
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) accept(form, row, request.responseText);
    else finish(row, "is-failed", sentence(request));
  };
  request.onerror = () => finish(row, "is-failed", "The server cannot be reached. Check the connection and drop the photo again.");
  request.onabort = () => row.remove();
  request.onloadend = () => done();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.send(data);
});

const upload = async (form, input, files) => {
  const limit = Number(form.dataset.uploadLimit) || 10 * 1024 * 1024;
  const queue = [...files].map((file) => ({ file, row: rowFor(form, file) }));
  const next = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const wrong = refusal(item.file, limit);
      if (wrong) { finish(item.row, "is-failed", wrong); continue; }
      preview(item.row, item.file);
      await send(form, input, item.row, item.file);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
};

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form || !event.target.matches("input[type=file]") || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  upload(form, event.target, files);
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
    const form = zone.closest("form[data-upload]");
    if (type === "drop" && form) upload(form, zone.querySelector("input[type=file]"), event.dataTransfer.files);
  });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-upload-cancel]")?.closest(".upload");
  if (row?.matches(".is-failed, .is-done")) row.remove();
});
document.querySelectorAll("form[data-upload] [data-upload-submit]").forEach((button) => { button.hidden = true; });
