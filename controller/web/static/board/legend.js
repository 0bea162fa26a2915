// The key below the board; with a colour scheme, what each colour stands for.

import { hueOf } from "./looks.js";

const MOST = 10;
let plain = null;
let told = "";

export function legend(board) {
  const place = document.getElementById("legend");
  if (!place || !board?.model || !board.looks) return;
  plain ??= [...place.childNodes].map((node) => node.cloneNode(true));
  const names = namesOf(board);
  const says = `${board.colourBy} ${board.looks.dark} ${names.join("\n")}`;
  if (says === told) return;
  told = says;
  if (board.colourBy === "trouble" || board.colourBy === "order") {
    place.replaceChildren(...plain.map((node) => node.cloneNode(true)));
    return;
  }
  const { colour, tints } = board.looks;
  const rows = board.colourBy === "slack"
    ? [["late", colour["fail-tint"]], ["under 5 min", colour["risk-tint"]], ["under 1 h", colour["mass-2"]], ["under 3 h", colour.bar], ["more", colour.well]]
    : names.slice(0, MOST).map((name) => [name, tints[hueOf(name)]]);
  const shown = rows.map(([words, tint]) => entry(words, tint));
  if (names.length > MOST && board.colourBy !== "slack") shown.push(entry(`and ${names.length - MOST} more`, ""));
  place.replaceChildren(...shown);
}

function namesOf(board) {
  const { said } = board.model;
  if (board.colourBy === "family") return said.families.filter(Boolean);
  if (board.colourBy === "customer") return [...new Set(said.orders.customer.filter(Boolean))].sort();
  return [];
}

function entry(words, tint) {
  const line = document.createElement("span");
  const mark = document.createElement("i");
  mark.className = "mk";
  mark.style.background = tint;
  if (!tint) mark.style.border = "0";
  const text = document.createElement("span");
  text.className = "cut";
  text.textContent = words;
  line.append(mark, text);
  return line;
}
