// A preset's cover that cannot be had leaves its place empty instead of showing a broken image.
const covers = ".preset-cover > img, .preset-large > img";
const hide = (image) => { image.hidden = true; };

addEventListener("error", ({ target }) => { if (target instanceof Element && target.matches(covers)) hide(target); }, true);
for (const image of document.querySelectorAll(covers)) if (image.complete && !image.naturalWidth) hide(image);
