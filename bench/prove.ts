import { messageOf } from "@sourceprint/core/errors.js"
import { type Claim, type Figure, type Finding, holds } from "./prove/claim.js"

/** `npm run prove -- <topic> [line]`: measures every line of the topic at full size, prints each figure beside its
 *  bound and exits 1 where one falls short. One file a topic in `bench/prove`, one word here. */
const topics: Readonly<Record<string, () => Promise<{ readonly claims: readonly Claim<Figure | Finding>[] }>>> = {
  house: () => import("./prove/house.js"),
  report: () => import("./prove/report.js"),
  "main-job": () => import("./prove/main-job.js"),
  matching: () => import("./prove/matching.js"),
  faces: () => import("./prove/faces.js"),
  engine: () => import("./prove/engine.js"),
  capture: () => import("./prove/capture.js"),
  sensors: () => import("./prove/sensors.js"),
  "twin-units": () => import("./prove/twin-units.js"),
  units: () => import("./prove/units.js"),
  "open-world": () => import("./prove/open-world.js"),
  "twin-fingers": () => import("./prove/twin-fingers.js"),
  authentication: () => import("./prove/authentication.js"),
  "live-demo": () => import("./prove/live-demo.js"),
  attacks: () => import("./prove/attacks.js"),
  faults: () => import("./prove/faults.js"),
  model: () => import("./prove/model.js"),
  minutiae: () => import("./prove/minutiae.js"),
  slurm: () => import("./prove/slurm.js"),
  chat: () => import("./prove/live-chat.js"),
  files: () => import("./prove/files.js"),
  pages: () => import("./prove/pages.js"),
  "linked-scanner": () => import("./prove/linked-scanner.js"),
  "face-sign-in": () => import("./prove/face-sign-in.js"),
  presentation: () => import("./prove/presentation.js"),
  strangers: () => import("./prove/strangers.js"),
  workbench: () => import("./prove/workbench.js"),
}

/** A measured line as it is printed. */
function asText(line: Figure | Finding): string {
  if ("kept" in line) return `${line.kept ? "ok  " : "MISS"} ${line.text}`
  const { name, value, unit, bound, note } = line
  const verdict = bound === undefined ? "    " : holds(line) ? "ok  " : "MISS"
  const limit = bound === undefined ? "" : `  (${bound.is} ${bound.value} ${unit})`
  return `${verdict} ${name}: ${Number(value.toPrecision(6))} ${unit}${limit}${note ? `  ${note}` : ""}`
}

const [topic = "", line] = process.argv.slice(2)
const load = topics[topic]
if (load === undefined) {
  console.error(`usage: npm run prove -- <topic> [line]; topics: ${Object.keys(topics).join(", ")}`)
  process.exit(2)
}
const { claims } = await load()
if (line !== undefined && !claims[Number(line) - 1]) {
  console.error(`${topic} has the lines 1 to ${claims.length}; there is no line "${line}"`)
  process.exit(2)
}
let missed = 0
for (const [index, claim] of claims.entries()) {
  if (line !== undefined && Number(line) !== index + 1) continue
  console.log(`\n${topic} ${index + 1}. ${claim.title}`)
  try {
    for (const line of await claim.measure((text) => console.error(`  ${text}`))) {
      console.log(`  ${asText(line)}`)
      if (!holds(line)) missed++
    }
  } catch (error) {
    console.log(`  MISS ${messageOf(error)}`)
    missed++
  }
}
console.log(missed === 0 ? "\nevery bound is kept" : `\n${missed} missed`)
process.exitCode = missed === 0 ? 0 : 1
