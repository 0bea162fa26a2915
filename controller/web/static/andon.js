// Andon: a wall without hands. It follows the changes, and moves a little so that nothing burns in.

import "./live.js";

const MOVES = 600_000;
const wall = document.querySelector(".andon");
let place = 0;

setInterval(() => {
  place = (place + 1) % 4;
  wall.dataset.shift = String(place);
}, MOVES);
