// Importing orders: hand a file over for a look, show what it would come to, change what columns mean, import it.

import { answered, change } from "./access.js";
import { say, who } from "./live.js";

const byId = (id) => document.getElementById(id);
const place = byId("import-says");
const zone = byId("file-form");
const input = byId("file");
const picked = byId("mapping");

let file = null;
let map = null;
let mapChanged = false;
let checked = null;
let asking = 0;

function element(tag, words = "", css = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (css) made.className = css;
  return made;
}

function path(action, more = {}) {
  const query = new URLSearchParams({ name: file.name, ...more });
  if (byId("sheet").value.trim()) query.set("sheet", byId("sheet").value.trim());
  if (mapChanged) query.set("map", JSON.stringify(map));
  else if (picked.value) query.set("mapping", picked.value);
  return `/api/orders/${action}?${query}`;
}

async function post(action, more) {
  const name = who().toLowerCase().replace(/[^a-z0-9 .-]/g, "");
  const headers = { "Content-Type": "application/octet-stream", "X-Lotwright": "page", "X-Actor": name ? `person ${name}` : "person" };
  try {
    const answer = await fetch(path(action, more), { method: "POST", headers, body: file });
    if (answer.ok) return answer;
    const said = await answer.json();
    if (answer.status === 401) return (await answered(said)) ? post(action, more) : null;
    say(said.why ?? "The file was refused. Nothing was recorded.", "fail", 0, place);
  } catch {
    say("No connection to Lotwright, or the file has changed since it was chosen. Nothing was recorded.", "fail", 0, place);
  }
  return null;
}

/** Show what a file would come to; a slower, earlier look does not overtake a later one. */
async function check() {
  if (!file) return;
  const mine = ++asking;
  say(`Looking at ${file.name}…`, "", 60_000, place);
  const answer = await post("check");
  if (!answer || mine !== asking) return;
  checked = await answer.json();
  place.replaceChildren();
  if (!mapChanged) map = checked.column_map;
  showResult(checked.accepted, checked.repeated, checked.refused, "would go in");
  showMap();
  showRefused(checked.refused_rows, checked.refused);
  showLeftAlone(checked.left_alone);
  const proposal = !checked.used && !checked.ours && !mapChanged;
  byId("read-as").textContent = proposal
    ? "No saved column map fits. The columns below are a proposal: look at it, then import."
    : mapChanged ? "Read by the column map below." : checked.used ? `Read by the column map “${checked.used}”.` : "Every column is called as the plant calls it.";
  // A proposal counts once a person has seen it.
  if (proposal && map) mapChanged = true;
}

function showResult(taken, known, refused, words) {
  byId("result").hidden = false;
  byId("n-in").textContent = taken.toLocaleString("en");
  byId("w-in").textContent = `${taken === 1 ? "order" : "orders"} ${words}`;
  byId("n-known").textContent = known.toLocaleString("en");
  byId("n-refused").textContent = refused.toLocaleString("en");
  byId("w-refused").textContent = refused === 1 ? "row refused" : "rows refused";
  byId("sum-refused").classList.toggle("bad", refused > 0);
  const button = byId("import");
  button.textContent = `Import ${taken} ${taken === 1 ? "order" : "orders"}`;
  button.hidden = false;
  button.disabled = taken === 0;
}

function select(options, value, label, empty) {
  const made = element("select");
  made.setAttribute("aria-label", label);
  made.append(new Option(empty, ""));
  for (const [name, words] of options) made.append(new Option(words, name));
  if (value && ![...made.options].some((option) => option.value === value)) made.append(new Option(value, value));
  made.value = value ?? "";
  return made;
}

function touched() {
  mapChanged = true;
  check();
}

function fieldNamed(name) {
  return checked.fields.find((each) => each.field === name);
}

function showMap() {
  byId("map").hidden = !map || (checked.ours && !mapChanged);
  byId("left-out").hidden = true;
  if (byId("map").hidden) return;
  const fields = checked.fields.map((each) => [each.field, each.label]);
  byId("columns").replaceChildren(...map.columns.map((column, at) => {
    const row = element("tr");
    const choice = select(fields, column.field, `Field of ${column.column}`, "leave out");
    choice.addEventListener("change", () => {
      map = { ...map, columns: map.columns.map((each, other) => (other === at ? { ...each, field: choice.value } : each.field === choice.value ? { ...each, field: "" } : each)) };
      map.constants = map.constants.filter((each) => each.field !== choice.value);
      touched();
    });
    const cell = element("td");
    cell.append(choice);
    row.append(element("td", column.column, "id"), element("td", (checked.samples[column.column] ?? []).join(", "), "mid said"), cell);
    return row;
  }));
  const shown = map.values.filter((each) => map.columns.some((column) => column.field === each.field));
  byId("values").replaceChildren(...shown.map((value) => {
    const row = element("tr");
    const options = Object.entries(fieldNamed(value.field)?.options ?? {});
    const choice = select(options, value.means, `${value.said} means`, "choose");
    choice.classList.toggle("open", !value.means);
    choice.addEventListener("change", () => {
      map = { ...map, values: map.values.map((each) => (each === value ? { ...each, means: choice.value } : each)) };
      touched();
    });
    const cell = element("td");
    cell.append(choice);
    row.append(element("td", fieldNamed(value.field)?.label ?? value.field), element("td", `“${value.said.slice(0, 24)}${value.said.length > 24 ? "…" : ""}”`, "said"), cell);
    return row;
  }));
  byId("values-table").hidden = shown.length === 0;
  byId("no-values").hidden = shown.length > 0;
  showConstants(fields);
  const open = map.columns.filter((each) => !each.field).length;
  byId("map-says").textContent = `${map.columns.length} columns, ${open} left out`;
  // What nobody reads may have been somebody's choice.
  const lost = map.columns.filter((each) => !each.field && (checked.samples[each.column] ?? []).length).map((each) => each.column);
  byId("left-out").hidden = lost.length === 0;
  byId("left-out").querySelector("span").textContent = `Nobody reads ${lost.join(", ")}. Where such a column is a choice, the plant's default is made.`;
}

function showConstants(fields) {
  const free = fields.filter(([name]) => !map.columns.some((column) => column.field === name) && !["order", "line", "customer", "place"].includes(name));
  byId("constants").replaceChildren(...free.map(([name, words]) => {
    const label = element("label", words);
    const kept = map.constants.find((each) => each.field === name)?.value ?? "";
    const options = Object.entries(fieldNamed(name).options);
    const box = element("span", "", "field");
    const control = options.length ? select(options, kept, words, "not given") : element("input");
    if (!options.length) Object.assign(control, { value: kept, maxLength: 60, autocomplete: "off" });
    control.addEventListener("change", () => {
      const others = map.constants.filter((each) => each.field !== name);
      map = { ...map, constants: control.value ? [...others, { field: name, value: control.value }] : others };
      touched();
    });
    box.append(control);
    label.append(box);
    return label;
  }));
}

/** A shop's order may have things that others make. */
function showLeftAlone(items) {
  const named = items.slice(0, 6).map(({ item, order }) => `${item || "an item"} of order ${order}`).join(", ");
  const more = items.length > 6 ? ` and ${items.length - 6} more` : "";
  byId("left-alone").hidden = items.length === 0;
  byId("left-alone").textContent = items.length ? `Left to the shop, since it is not made here: ${named}${more}.` : "";
}

function showRefused(rows, count) {
  byId("refused").hidden = count === 0;
  byId("refused-says").textContent = rows.length < count ? `the first ${rows.length} of ${count.toLocaleString("en")}` : "";
  byId("rows").replaceChildren(...rows.map((each) => {
    const row = element("tr");
    const value = each.value ? `“${each.value.slice(0, 24)}${each.value.length > 24 ? "…" : ""}”` : "";
    const said = element("td", value);
    said.title = each.value;
    row.append(element("td", each.row, "num id"), element("td", each.column || "whole row"), said, element("td", each.reason, "reason"));
    return row;
  }));
}

async function bring() {
  const button = byId("import");
  button.disabled = true;
  say(`Importing ${file.name}…`, "", 600_000, place);
  const answer = await post("import");
  if (!answer) {
    button.disabled = false;
    return;
  }
  const said = await answer.json();
  place.replaceChildren();
  showResult(said.accepted.length, said.repeated.length, said.refused.length, "are in");
  button.hidden = true;
  byId("map").hidden = true;
  byId("left-out").hidden = true;
  byId("read-as").textContent = said.refused.length ? "The good rows are in. Correct the refused ones in the file and import it again: what is known stays as it is." : "All rows are in.";
  showRefused(said.refused.slice(0, 200), said.refused.length);
  showLeftAlone(said.left_alone);
}

async function download() {
  const answer = await post("check", { format: "csv" });
  if (!answer) return;
  const link = element("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `refused-${file.name.replace(/\.[^.]*$/, "")}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function choose(chosen) {
  if (!chosen) return;
  file = chosen;
  mapChanged = false;
  byId("sheet-label").hidden = !/\.xlsx$/i.test(file.name);
  if (file.size > 8 * 1024 * 1024) {
    say(`The file has ${Math.ceil(file.size / 1024 ** 2)} MB, 8 are taken. Split it.`, "fail", 0, place);
    return;
  }
  check();
}

input.addEventListener("change", () => choose(input.files[0]));
for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  choose(event.dataTransfer.files[0]);
});
zone.addEventListener("submit", (event) => event.preventDefault());
picked.addEventListener("change", () => {
  mapChanged = false;
  check();
});
byId("sheet").addEventListener("change", () => {
  mapChanged = false;
  check();
});
byId("again").addEventListener("click", check);
byId("import").addEventListener("click", bring);
byId("download").addEventListener("click", download);
byId("save").addEventListener("submit", async (event) => {
  event.preventDefault();
  const spot = byId("save").querySelector(".says");
  const name = byId("save").elements.name.value.trim();
  const { ok, said } = await change("PUT", `/api/mappings/${encodeURIComponent(name)}`, { ...map, name });
  if (!ok) return say(said.why, "fail", 0, spot);
  if (![...picked.options].some((option) => option.value === name)) picked.append(new Option(name, name));
  return say(`Kept. Files with these columns are read by “${name}” from now on.`, "", 10_000, spot);
});
