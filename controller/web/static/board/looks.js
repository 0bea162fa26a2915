// Colours from the style sheet's tokens, hatches and icons; read again when the theme changes.

const TOKENS = ["ground", "pane", "raised", "well", "line", "edge", "ink", "ink-2", "ink-3", "mass", "mass-2", "ask", "on-ask", "ask-ink", "ask-tint", "risk", "on-risk", "risk-ink", "risk-tint", "fail", "fail-ink", "fail-tint", "doubt", "doubt-ink", "doubt-tint", "bar", "bar-edge", "past", "past-edge", "made", "told"];
const HUES = 12;
const LIGHT = 12;

/** Read the tokens as they are now on an element. */
export function readLooks(host, ratio) {
  const probe = document.createElement("i");
  probe.hidden = true;
  host.append(probe);
  const colour = {};
  for (const name of TOKENS) {
    probe.style.color = `var(--${name})`;
    colour[name] = getComputedStyle(probe).color;
  }
  const dark = getComputedStyle(host).colorScheme.includes("dark") && luminance(colour.ground) < 0.2;
  const family = getComputedStyle(host).fontFamily;
  probe.remove();
  const hatch = hatches(colour, ratio);
  return {
    colour,
    dark,
    hatch,
    /** Let the hatches lie as they did before the view was moved by so many pixels. */
    anchor: (x, y) => Object.values(hatch).forEach((pattern) => pattern.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, x, y]))),
    font: (weight, size) => `${weight} ${size}px ${family}`,
    tints: Array.from({ length: HUES }, (_, number) => `oklch(${dark ? 0.4 : 0.86} ${dark ? 0.07 : 0.06} ${(number * 360) / HUES + LIGHT})`),
  };
}

function luminance(rgb) {
  const [red, green, blue] = rgb.match(/[\d.]+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

function hatches(colour, ratio) {
  return {
    setup: stripes(8, 3, 1, colour.pane, colour.mass, ratio),
    off: stripes(10, 1.4, 1, "", colour.line, ratio),
    lost: stripes(11, 2.2, -1, colour["fail-tint"], colour.fail, ratio),
    doubt: dots(colour.doubt, ratio),
  };
}

/** A square that repeats, drawn in the screen's own pixels: a turned or scaled one costs twice as much. */
function tile(size, ratio, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(size * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(canvas.width / size, canvas.width / size);
  draw(pen);
  const pattern = pen.createPattern(canvas, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** Diagonal stripes; `lean` 1 falls to the left, -1 to the right. */
function stripes(size, wide, lean, ground, ink, ratio) {
  return tile(size, ratio, (pen) => {
    if (ground) {
      pen.fillStyle = ground;
      pen.fillRect(0, 0, size, size);
    }
    pen.fillStyle = ink;
    for (const from of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(from, lean > 0 ? size : 0);
      pen.lineTo(from + wide, lean > 0 ? size : 0);
      pen.lineTo(from + wide + size, lean > 0 ? 0 : size);
      pen.lineTo(from + size, lean > 0 ? 0 : size);
      pen.fill();
    }
  });
}

function dots(ink, ratio) {
  return tile(5, ratio, (pen) => {
    pen.globalAlpha = 0.35;
    pen.fillStyle = ink;
    pen.beginPath();
    pen.arc(1.5, 1.5, 1, 0, 2 * Math.PI);
    pen.fill();
  });
}

const PIN = "M9 3h6l-1 6 4 4H6l4-4zM12 13v8";

/** Read the icons that the page holds in a template, so that each outline is written once. */
export function readIcons(template) {
  const icons = new Map([["pin", [{ path: new Path2D(PIN), kind: "" }]]]);
  for (const svg of template?.content.querySelectorAll("[data-icon] > svg") ?? []) {
    icons.set(svg.parentElement.dataset.icon, [...svg.children].map((shape) => ({ path: outline(shape), kind: shape.getAttribute("class") ?? "", wide: Number(shape.getAttribute("stroke-width")) || 2 })));
  }
  return icons;
}

function outline(shape) {
  if (shape.tagName !== "circle") return new Path2D(shape.getAttribute("d") ?? "");
  const path = new Path2D();
  const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(shape.getAttribute(name)));
  path.arc(x, y, r, 0, 2 * Math.PI);
  return path;
}

/** Draw an icon of 24 by 24 at a place. */
export function drawIcon(pen, shapes, x, y, scale, ink, cut, frame = "") {
  pen.save();
  pen.translate(x, y);
  pen.scale(scale, scale);
  pen.lineCap = pen.lineJoin = "round";
  for (const { path, kind, wide } of shapes) {
    pen.lineWidth = wide ?? 2;
    pen.fillStyle = kind === "cf" ? cut : ink;
    pen.strokeStyle = kind === "c" ? cut : ink;
    if (kind === "f" || kind === "cf") {
      pen.fill(path);
      if (frame && kind === "f") {
        pen.strokeStyle = frame;
        pen.lineWidth = 1.6;
        pen.stroke(path);
      }
    } else pen.stroke(path);
  }
  pen.restore();
}

/** A number for a name that is the same on every page. */
export function hueOf(name) {
  let hash = 7;
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) | 0;
  return Math.abs(hash) % HUES;
}
