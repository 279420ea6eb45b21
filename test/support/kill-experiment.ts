import { spawn } from "node:child_process"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { projectRoot } from "./shared-data.js"

/** Starts `sourceprint experiment run` in a process group of its own and ends the whole group (the command and its
 *  workers) by SIGKILL as soon as `when` says so of the jobs' files ("<job>/<file>").
 *  @returns false when the run was through before that */
export async function killExperiment(
  file: string,
  runsFolder: string,
  more: readonly string[],
  when: (files: readonly string[]) => boolean,
  lookEveryMs = 5,
): Promise<boolean> {
  const main = join(projectRoot, "src/cli/dist/main.js")
  const command = ["experiment", "run", file, "--runs", runsFolder, "--no-report", ...more]
  const child = spawn(process.execPath, [main, ...command], {
    detached: true,
    stdio: "ignore",
    cwd: projectRoot,
  })
  let ended = false
  const end = new Promise<void>((resolve) =>
    child.once("close", () => {
      ended = true
      resolve()
    }),
  )
  while (!ended) {
    const files = await readdir(runsFolder, { recursive: true }).catch(() => [])
    const ofJobs = files.map((path) => path.split(/[\\/]/).slice(-2).join("/"))
    if (child.pid !== undefined && when(ofJobs)) {
      process.kill(-child.pid, "SIGKILL")
      await end
      return true
    }
    await delay(lookEveryMs)
  }
  return false
}
