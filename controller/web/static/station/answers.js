// What came of an action: a refusal stays until it is read, a success can be undone for half a minute.

const STAYS = 30_000;
const place = document.getElementById("refused");
const line = document.getElementById("said");
let timer = 0;

const ICON = `<svg class="i x" viewBox="0 0 24 24" aria-hidden="true"><path class="f" d="M7.7 1.8h8.6l6 6v8.5l-6 6H7.7l-6-6V7.8z"/><path class="c" stroke-width="2.6" d="m8.3 8.3 7.4 7.4m0-7.4-7.4 7.4"/></svg>`;

/** Stands where `send` puts its notes; the first sentence is large, the rest says what to do. */
export const refusals = {
  replaceChildren(note) {
    this.say(note.querySelector("div").textContent);
  },
  say(words) {
    const [first, rest] = split(words);
    const band = document.createElement("div");
    band.className = "refuse";
    band.innerHTML = `${ICON}<div><h2></h2><p></p></div><button type="button" class="btn touch">Understood</button>`;
    band.querySelector("h2").textContent = first;
    band.querySelector("p").textContent = rest;
    band.querySelector("button").onclick = () => {
      this.clear();
      document.getElementById("code").focus({ preventScroll: true });
    };
    place.replaceChildren(band);
    unsaid();
  },
  clear() {
    place.replaceChildren();
  },
};

function split(words) {
  const end = /[.?](?=\s+\S)/.exec(words);
  return end ? [words.slice(0, end.index + 1), words.slice(end.index + 1).trim()] : [words, ""];
}

/** Say what came of it, with a way back where there is one. */
export function said(words, undo = null) {
  clearTimeout(timer);
  const text = document.createElement("span");
  text.textContent = words;
  line.replaceChildren(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn touch";
    button.textContent = "Undo";
    button.onclick = undo;
    line.append(button);
  }
  timer = setTimeout(unsaid, undo ? STAYS : 5000);
}

export function unsaid() {
  clearTimeout(timer);
  line.replaceChildren();
}
