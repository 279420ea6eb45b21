import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url))
const STDERR_CHARS = 4000
const LOOK_MS = 200

/** Starts `sourceprint experiment run` in a process of its own, which goes on when this program ends, and waits until
 *  it is at work. @param isUnderWay whether the run says that somebody is at work on it, or is finished
 *  @throws AppError "ui/start" with what the command said when it ended before that */
export async function startRun(
  file: string,
  { runs, out }: { readonly runs: string; readonly out: string },
  isUnderWay: () => Promise<boolean>,
): Promise<void> {
  const words = ["experiment", "run", file, "--runs", runs, "--out", out]
  const child = spawn(process.execPath, [...process.execArgv, MAIN, ...words], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  })
  let said = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-STDERR_CHARS)
  })
  let hasEnded = false
  void once(child, "exit").then(
    () => (hasEnded = true),
    () => (hasEnded = true),
  )
  while (!(await isUnderWay())) {
    if (hasEnded) {
      const reason =
        said
          .trimEnd()
          .split("\n")
          .at(-1)
          ?.replace(/^sourceprint: /, "") ?? ""
      throw new AppError("ui/start", `the run did not start: ${reason || "the command ended without a word"}`)
    }
    await delay(LOOK_MS)
  }
  child.unref()
  ;(child.stderr as unknown as { unref?(): void }).unref?.()
}
