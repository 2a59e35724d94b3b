/**
 * Inbound calls, and those of them that are shown as unknown.
 * @typedef {{ readonly calls: number, readonly unknown: number }} Share
 */

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

/**
 * What the story is about: how many calls said nothing of their caller, and how many do now.
 * @param {{ readonly before: Share | null, readonly now: Share }} figures
 */
export function showFigures({ before, now }) {
  const figures = document.getElementById("figures");
  if (figures === null) return;
  show("before", before);
  show("now", now);
  figures.hidden = false;
}

/**
 * @param {string} id
 * @param {Share | null} share null: nobody knows, and nothing is shown
 */
function show(id, share) {
  const place = document.getElementById(id);
  if (place === null) return;
  if (place.parentElement !== null) place.parentElement.hidden = share === null;
  if (share === null) return;
  const { calls, unknown } = share;
  const number = document.createElement("strong");
  number.textContent = percent.format(calls === 0 ? 0 : unknown / calls);
  place.replaceChildren(number, ` ${unknown.toLocaleString()} of ${calls.toLocaleString()} inbound calls`);
}
