/** A whole session against twins in a process of its own, to be killed: `node session-child.js <folder> [scanner]`. */
import { parseSessionPlan } from "@sourceprint/capture/session/plan.js"
import { runTwinSession } from "@sourceprint/capture/session/twin-session.js"
import { killPlan } from "./kill-plan.js"
import { patternTouches } from "./pattern-touches.js"

const [folder = "", ...scanners] = process.argv.slice(2)
const document = {
  ...killPlan,
  scanners: killPlan.scanners.filter(({ id }) => scanners.length === 0 || scanners.includes(id)),
}
const plan = parseSessionPlan(document, "kill plan")
const { complete } = await runTwinSession({
  plan,
  folder,
  touches: patternTouches,
  progress: {
    start: () => void process.stdout.write("started\n"),
    update: () => void process.stdout.write("saved\n"),
    stop: () => {},
  },
})
process.stdout.write(complete ? "complete\n" : "stopped\n")
