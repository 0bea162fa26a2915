// How wide words are in a font; each is measured once.

const WORDS_KEPT = 20_000;

export class Widths {
  #known = new Map();

  clear() { this.#known.clear(); }

  of(pen, words, font) {
    let known = this.#known.get(font);
    if (!known) this.#known.set(font, (known = new Map()));
    let found = known.get(words);
    if (found === undefined) {
      const before = pen.font;
      pen.font = font;
      found = pen.measureText(words).width;
      pen.font = before;
      if (known.size > WORDS_KEPT) known.clear();
      known.set(words, found);
    }
    return found;
  }
}
