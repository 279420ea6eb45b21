import { existsSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { CellControl } from "@sourceprint/core/launch/launcher.js"
import { type CellPayload, runCell as realCell } from "@sourceprint/train/run-cell.js"

/** The real cell in a process that is killed without warning (SIGKILL) in its second epoch, the first time. */
export function runCell(payload: unknown, control: CellControl): Promise<"finished" | "stopped"> {
  const { runFolder, spec } = payload as CellPayload
  const marker = join(dirname(dirname(runFolder)), `${spec.id}.killed`)
  return realCell(payload, {
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
