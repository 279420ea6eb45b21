import { stat } from "node:fs/promises"
import type { Cell, StartsFrom } from "./launcher.js"

/** Where a cell that starts now begins. */
export async function startsFrom({ statePath }: Cell): Promise<StartsFrom> {
  if (statePath === undefined) return "beginning"
  return (await stat(statePath).catch(() => undefined)) === undefined ? "beginning" : "checkpoint"
}
