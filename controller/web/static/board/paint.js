// The lower sheet from back to front.

import { paintBars, paintFlags, paintGhosts } from "./bars.js";
import { paintClosed, paintCutLines, paintHead, paintHours, paintLanes, paintNames } from "./frame.js";
import { paintNow } from "./marks.js";

const LAYERS = [paintLanes, paintHours, paintGhosts, paintClosed, paintBars, paintFlags, paintCutLines, paintNames, paintHead, paintNow];

/** Paint the plan as it is in view. */
export function paintPlan(board, pen) {
  for (const layer of LAYERS) layer(board, pen);
}
