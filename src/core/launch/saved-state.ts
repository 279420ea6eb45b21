import { stat } from "node:fs/promises"
import type { Job, StartsFrom } from "./launcher.js"

/** Where a job that starts now begins. */
export async function startsFrom({ statePath }: Job): Promise<StartsFrom> {
  if (statePath === undefined) return "beginning"
  return (await stat(statePath).catch(() => undefined)) === undefined ? "beginning" : "checkpoint"
}
