// Somebody changed it meanwhile: what they did is said, and the person chooses; nothing is written over unasked.

const GONE_MS = 500;

/** Ask whether to apply one's own change on top; false keeps what is there, also when the question is taken away. */
export function applyOnTop(why, place) {
  const note = document.createElement("div");
  note.className = "note fail conflict";
  note.setAttribute("role", "alert");
  const words = document.createElement("div");
  words.textContent = `${why} Yours was not applied.`;
  const row = document.createElement("div");
  row.className = "row";
  const mine = button("Apply mine on top");
  const theirs = button("Keep it as it is");
  row.append(mine, theirs);
  note.append(words, row);
  place.replaceChildren(note);
  theirs.focus();
  return new Promise((done) => {
    const watch = setInterval(() => !note.isConnected && end(false), GONE_MS);
    const end = (answer) => {
      clearInterval(watch);
      note.remove();
      done(answer);
    };
    mine.addEventListener("click", () => end(true));
    theirs.addEventListener("click", () => end(false));
  });
}

function button(words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn touch";
  made.textContent = words;
  return made;
}
