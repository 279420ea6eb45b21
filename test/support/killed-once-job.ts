import { existsSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import { type JobPayload, runJob as realJob } from "@sourceprint/train/run-job.js"

/** The real job in a process that is killed without warning (SIGKILL) in its second epoch, the first time. */
export function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const { runFolder, spec } = payload as JobPayload
  const marker = join(dirname(dirname(runFolder)), `${spec.id}.killed`)
  return realJob(payload, {
    get stopping() {
      return control.stopping
    },
    progress(fraction, note) {
      control.progress(fraction, note)
      if (fraction < 0.3 || existsSync(marker)) return
      writeFileSync(marker, "")
      process.kill(process.pid, "SIGKILL")
    },
  })
}
