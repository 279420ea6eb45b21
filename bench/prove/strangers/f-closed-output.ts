import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { mountSmallDisk, unmount } from "../../../test/support/small-disk.js"
import { study } from "./small-study.js"
import { type Outcome, type StrangerCase, shell } from "./stranger-case.js"

/** Runs `line`; its exit code is that of the first command of the pipe. */
const piped = async (folder: string, line: string): Promise<Outcome> => {
  await study(folder)
  return await shell(`${line}; exit \${PIPESTATUS[0]}`, { cwd: folder })
}

/** A run whose output is closed early: finished, or what is missing. */
async function closedRun(folder: string, line: string): Promise<Outcome> {
  const outcome = await piped(folder, line)
  const [run = "none"] = await readdir(join(folder, "experiments/runs")).catch(() => [])
  const isFinished = existsSync(join(folder, "experiments/runs", run, "metrics.json"))
  const isRendered = existsSync(join(folder, "reports", `${run}.html`))
  const state = `run ${isFinished ? "finished" : "NOT finished"}, page ${isRendered ? "made" : "NOT made"}`
  return { exitCode: outcome.exitCode, said: `${outcome.said}${state}\n` }
}
const WHOLE = { exitCode: 0, say: [/run finished, page made/], notSay: [/EPIPE/] }

/** Readers that leave: closed standard output and error. */
export const closedOutputCases: readonly StrangerCase[] = [
  {
    input: "data check | head -3",
    attempt: (folder) => piped(folder, "$SP data check --dataset set --window 32 | head -3"),
    must: { exitCode: 0, say: [/^scanner +images/m], notSay: [/EPIPE/] },
  },
  {
    input: "experiment run 2>&1 | head -1",
    attempt: (folder) => closedRun(folder, "$SP experiment run tiny.yaml 2>&1 | head -1"),
    must: WHOLE,
  },
  {
    input: "experiment run with standard error closed by its reader",
    attempt: (folder) => closedRun(folder, "$SP experiment run tiny.yaml 2> >(head -c 1 >/dev/null) | cat"),
    must: WHOLE,
  },
  {
    input: "experiment run >&- 2>&-",
    attempt: (folder) => closedRun(folder, "$SP experiment run tiny.yaml >&- 2>&-"),
    must: WHOLE,
  },
  {
    input: "match list | true",
    complaint: "python/cpython#90650",
    attempt: (folder) => piped(folder, "$SP match list | true"),
    must: { exitCode: 0, notSay: [/EPIPE/] },
  },
  {
    input: "--help | head -1",
    complaint: "westurner/pyline#15",
    attempt: (folder) => piped(folder, "$SP --help | head -1"),
    must: { exitCode: 0, say: [/sourceprint <command>/], notSay: [/EPIPE/] },
  },
  {
    input: "a table written to a file on a full disk is not taken for written",
    async attempt(folder) {
      const disk = mountSmallDisk("4k")
      try {
        return await shell("head -c 4096 /dev/zero > $D/fill; $SP match list > $D/table", {
          cwd: folder,
          env: { D: disk },
        })
      } finally {
        unmount(disk)
      }
    },
    must: { exitCode: 1, say: [/standard output cannot be written: the disk is full/] },
  },
]
