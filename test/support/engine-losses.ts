import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { EngineName } from "@sourceprint/engine/select-engine.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"

const child = fileURLToPath(new URL("engine-losses-child.js", import.meta.url))
const SIDE_PX = 64

/** The zoo's networks: what trains on an engine. */
export const networks: readonly string[] = zooEntries
  .filter(
    ({ plan }) => plan(undefined, { region: { kind: "sensor-window", sidePx: SIDE_PX } }).recipe.kind === "layers",
  )
  .map(({ id }) => id)

/** Mean loss before each of `steps` steps on one batch of made-up images of 64 px, from the same weights on every
 *  engine; of each of the networks. @throws where the engine does not load or ends its process */
export async function lossesOn(engine: EngineName, ids: readonly string[], steps: number): Promise<number[][]> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, engine, `${SIDE_PX}`, `${steps}`, ...ids])
  const lines = stdout.trim().split("\n").slice(-ids.length)
  return lines.map((line) => JSON.parse(line) as number[])
}

export const greatestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((loss, i) => Math.abs(loss - (b[i] ?? Number.NaN))))
