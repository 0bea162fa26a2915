// The lower sheet from back to front: the plan, which moves with the view, and what stands around it.

import { paintBars, paintChosen, paintFlags, paintGhosts } from "./bars.js";
import { paintClosed, paintCutLines, paintHead, paintHours, paintLanes, paintNames } from "./frame.js";
import { paintNow } from "./marks.js";

const PLAN = [paintLanes, paintHours, paintGhosts, paintClosed, paintBars, paintFlags];
const AROUND = [paintChosen, paintCutLines, paintNames, paintHead, paintNow];

/** Paint what of the plan lies in an area of the view. */
export function paintPlan(board, pen, area) {
  for (const layer of PLAN) layer(board, pen, area);
}

/** Paint what lies on the plan and around it: the selected bars, departures, names, hours, now. */
export function paintAround(board, pen) {
  for (const layer of AROUND) layer(board, pen);
}
