// The overview of a folder. Only the tiles near the visible part of the page exist, so that thousands of photos scroll smoothly.
// All text of photos is set as text, never as HTML.
const items = JSON.parse(document.getElementById("items").textContent).items;
const byId = (id) => document.getElementById(id);
const grid = byId("grid"), tools = byId("tools"), find = byId("find"), order = byId("order"), category = byId("category");
const STATES = [["all", "All"], ["ok", "Sure"], ["unsure", "Unsure"], ["person only", "Person only"], ["failed", "Failed"]];
const GAP = 16, SAID = 118, FAR = 900; // px: between tiles, of a tile's text, and beyond the window that tiles are kept
const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

// ---- once: what is searched, and the order by name, which breaks all ties ----
for (const item of items) {
  item.text = [item.name, item.category, item.use, item.considered, item.others, item.reason, item.hint, item.folder].filter(Boolean).join("\n").toLowerCase();
  item.sure = item.probability ?? -1;
}
items.sort((a, b) => compare(a.name, b.name));
items.forEach((item, place) => { item.place = place; });
const ORDERS = {
  name: (a, b) => a.place - b.place,
  likely: (a, b) => b.sure - a.sure || a.place - b.place,
  unlikely: (a, b) => (a.sure < 0) - (b.sure < 0) || a.sure - b.sure || a.place - b.place,
  category: (a, b) => !a.category - !b.category || compare(a.category || "", b.category || "") || b.sure - a.sure || a.place - b.place,
  failure: (a, b) => (b.status === "failed") - (a.status === "failed") || (b.status === "unsure") - (a.status === "unsure") || a.place - b.place,
};

// ---- what is shown; it is kept in the address, so that it is the same after coming back ----
const wanted = new URLSearchParams(location.hash.slice(1));
let state = STATES.some(([key]) => key === wanted.get("show")) ? wanted.get("show") : "all";
let shown = items, tiles = new Map(), columns = 1, tile = { width: 0, height: 0 };

function count(key) {
  const found = new Map();
  for (const item of items) found.set(item[key], (found.get(item[key]) || 0) + 1);
  return found;
}
const states = count("status");
for (const [key, label] of STATES) {
  const number = key === "all" ? items.length : states.get(key) || 0;
  if (key !== "all" && !number) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.state = key;
  button.textContent = `${label} ${number}`;
  button.addEventListener("click", () => { state = key; apply(); scrollTo(0, 0); });
  byId("states").append(button);
}
category.append(new Option("All categories", ""));
for (const [name, number] of [...count("category")].filter(([name]) => name).sort((a, b) => compare(a[0], b[0])))
  category.append(new Option(`${name} (${number})`, name));
find.value = wanted.get("find") || "";
order.value = ORDERS[wanted.get("sort")] ? wanted.get("sort") : "name";
category.value = wanted.get("category") || "";
if (category.selectedIndex < 0) category.value = "";

function apply() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), noun = category.value;
  shown = items.filter((item) => (state === "all" || item.status === state) && (!noun || item.category === noun)
    && words.every((word) => item.text.includes(word)));
  shown.sort(ORDERS[order.value]);
  for (const button of byId("states").children) button.setAttribute("aria-pressed", String(button.dataset.state === state));
  byId("count").textContent = shown.length === items.length ? "" : `${shown.length} of ${items.length}`;
  byId("empty").hidden = shown.length > 0;
  const kept = new URLSearchParams(Object.entries({
    find: find.value, category: noun, show: state === "all" ? "" : state, sort: order.value === "name" ? "" : order.value,
  }).filter(([, value]) => value));
  try { history.replaceState(null, "", `#${kept}`); } catch { /* a page inside a frame may not */ }
  layOut();
}

// ---- tiles ----
function layOut() {
  const width = grid.clientWidth, least = width < 520 ? 150 : 220;
  columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  tile.width = (width - GAP * (columns - 1)) / columns;
  tile.height = Math.round(tile.width * 0.75) + SAID;
  grid.style.height = `${Math.max(0, Math.ceil(shown.length / columns) * (tile.height + GAP) - GAP)}px`;
  paint();
}
function paint() {
  const top = -grid.getBoundingClientRect().top, step = tile.height + GAP;
  const first = Math.max(0, Math.floor((top - FAR) / step)) * columns;
  const last = Math.min(shown.length, Math.ceil((top + innerHeight + FAR) / step) * columns);
  const next = new Map();
  for (let place = first; place < last; place++) {
    const item = shown[place], node = tiles.get(item) || make(item);
    node.style.width = `${tile.width}px`;
    node.style.height = `${tile.height}px`;
    node.style.transform = `translate(${(place % columns) * (tile.width + GAP)}px, ${Math.floor(place / columns) * step}px)`;
    next.set(item, node);
  }
  for (const [item, node] of tiles) if (!next.has(item)) node.remove();
  let before = null; // in the document as on the page, so that the tab key goes on in order
  for (const node of next.values()) {
    if (node.parentNode !== grid || node.previousSibling !== before) grid.insertBefore(node, before ? before.nextSibling : grid.firstChild);
    before = node;
  }
  tiles = next;
}
const leastUse = 0.2; // as everywhere: a less probable use is not stated
function part(parent, name, text) {
  const node = document.createElement("span");
  node.className = name;
  if (text) node.textContent = text;
  parent.append(node);
  return node;
}
const percent = (share) => (share === undefined ? "" : `${Math.round(100 * share)}%`);
const spoken = (error = "failed") => { // NoPerson: "No person"
  const text = error.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return text[0].toUpperCase() + text.slice(1);
};
function make(item) {
  const failed = item.status === "failed", node = document.createElement(failed ? "button" : "a");
  node.className = failed ? "tile failed" : "tile";
  node.title = item.path;
  if (failed) { node.type = "button"; node.addEventListener("click", () => explain(item)); } else node.href = item.href;
  const shot = part(node, "shot", item.thumbnail ? "" : "no picture");
  if (item.thumbnail) {
    const image = new Image();
    image.decoding = "async";
    image.alt = "";
    image.src = item.thumbnail;
    shot.append(image);
  }
  if (failed || item.status === "unsure") part(shot, failed ? "badge failed" : "badge", item.status);
  const said = part(node, "said"), what = part(said, "what");
  const none = /^nothing ([5-9]\d|100)%/.test(item.considered || "") ? "probably nothing" : "object unknown";
  const noun = item.category || (item.status === "unsure" ? none : "no object");
  const use = item.use_probability < leastUse ? "unsure how it is used" : item.use;
  part(what, "", failed ? spoken(item.error) : noun);
  part(what, "num", failed ? "" : percent(item.probability));
  if (item.probability !== undefined) {
    const bar = document.createElement("i");
    bar.style.width = `${100 * item.probability}%`;
    part(said, "meter").append(bar);
  }
  part(said, "use", failed ? item.reason : use || item.considered || item.others || "");
  part(said, "name", item.name);
  return node;
}
function explain(item) {
  byId("why-name").textContent = item.name;
  byId("why-reason").textContent = item.reason;
  byId("why-hint").textContent = item.hint || "";
  byId("why-path").textContent = item.path;
  byId("why-earlier").hidden = !item.href;
  byId("why-link").href = item.href || "#";
  byId("why").showModal();
}

// ---- events ----
let waiting = 0;
const soon = () => { waiting ||= requestAnimationFrame(() => { waiting = 0; paint(); }); };
addEventListener("scroll", soon, { passive: true });
new ResizeObserver(layOut).observe(document.documentElement);
const again = () => { apply(); scrollTo(0, 0); }; // what is found begins at the top
find.addEventListener("input", again);
for (const select of [order, category]) select.addEventListener("change", again);
tools.addEventListener("submit", (event) => event.preventDefault());
byId("reset").addEventListener("click", () => { find.value = ""; category.value = ""; state = "all"; again(); });
tools.hidden = !items.length;
apply();
