// A thumb hash (about 25 bytes, base64 in data-thumbhash) painted behind a picture until it has loaded.
// The format: https://evanw.github.io/thumbhash/ : a few cosine terms of lightness, two colour axes and alpha.
const SIZE = 32;
const WAVES = Array.from({ length: 8 }, (_, c) => Float32Array.from({ length: SIZE }, (_, i) => Math.cos(Math.PI * c * (i + .5) / SIZE)));

const terms = (hash, cursor, nx, ny, scale) => {
  const found = [];
  for (let cy = 0; cy < ny; cy++) {
    for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++) {
      const nibble = (hash[cursor.start + (cursor.at >> 1)] >> ((cursor.at++ & 1) << 2)) & 15;
      found.push({ cx, cy, value: (nibble / 7.5 - 1) * scale });
    }
  }
  return found;
};

const plane = (dc, found, column, row) => found.reduce(
  (sum, { cx, cy, value }) => sum + 2 * value * WAVES[cx][column] * WAVES[cy][row], dc);

const header = (hash) => {
  const first = hash[0] | (hash[1] << 8) | (hash[2] << 16);
  const second = hash[3] | (hash[4] << 8);
  const alpha = Boolean(first >> 23);
  const wide = Boolean(second >> 15);
  const most = alpha ? 5 : 7;
  return {
    alpha,
    l: (first & 63) / 63,
    p: ((first >> 6) & 63) / 31.5 - 1,
    q: ((first >> 12) & 63) / 31.5 - 1,
    scaleL: ((first >> 18) & 31) / 31,
    scaleP: ((second >> 3) & 63) / 63,
    scaleQ: ((second >> 9) & 63) / 63,
    nx: Math.max(3, wide ? most : second & 7),
    ny: Math.max(3, wide ? second & 7 : most),
  };
};

// Width and height in the answer are those of the small painting, which is then stretched over the frame.
const decode = (hash) => {
  const h = header(hash);
  const cursor = { start: h.alpha ? 6 : 5, at: 0 };
  const dcA = h.alpha ? (hash[5] & 15) / 15 : 1;
  const scaleA = (hash[5] >> 4) / 15;
  // Colour is stored with a quarter more contrast, to make up for its coarse steps.
  const acL = terms(hash, cursor, h.nx, h.ny, h.scaleL);
  const acP = terms(hash, cursor, 3, 3, h.scaleP * 1.25);
  const acQ = terms(hash, cursor, 3, 3, h.scaleQ * 1.25);
  const acA = h.alpha ? terms(hash, cursor, 5, 5, scaleA) : [];
  const image = new ImageData(SIZE, SIZE);
  for (let row = 0, i = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++, i += 4) {
      const l = plane(h.l, acL, column, row);
      const p = plane(h.p, acP, column, row);
      const q = plane(h.q, acQ, column, row);
      const blue = l - 2 / 3 * p;
      const red = (3 * l - blue + q) / 2;
      image.data.set([red, red - q, blue, plane(dcA, acA, column, row)].map((value) => 255 * value), i);
    }
  }
  return image;
};

const paint = (image) => {
  const text = image.dataset.thumbhash;
  delete image.dataset.thumbhash;
  if (!text || image.complete && image.naturalWidth) return;
  let painting;
  try { painting = decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))); } catch { return; }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  canvas.getContext("2d").putImageData(painting, 0, 0);
  canvas.setAttribute("aria-hidden", "true");
  image.before(canvas);
  image.addEventListener("load", () => canvas.remove(), { once: true });
};

const paintAll = () => document.querySelectorAll("img[data-thumbhash]").forEach(paint);
document.addEventListener("htmx:load", paintAll);
paintAll();
