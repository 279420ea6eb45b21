import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { silentLog } from "@sourceprint/core/log.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { publishReport, rebuildIndex } from "@sourceprint/report/report-folder.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { presentationLines } from "@sourceprint/serve/trial/presentation-report.js"
import { runWholeTrial } from "@sourceprint/serve/trial/run-whole-trial.js"
import { readTrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { trialEntry } from "@sourceprint/serve/trial/trial-entry.js"
import { trialReport } from "@sourceprint/serve/trial/trial-report.js"
import { fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { terminalProgress } from "../terminal-progress.js"
import { fitScanners } from "./fit-scanners.js"

const options = {
  out: { type: "string", requiresArg: true, default: "reports", describe: "folder of the reports" },
} satisfies Record<string, Options>

const runCommand: CommandModule<object, InferredOptionTypes<typeof options> & { file: string }> = {
  command: "run <file>",
  describe: "Run a trial: simulated people, scanners and attackers against the real client and server",
  builder: (yargs) =>
    yargs.options(options).positional("file", { type: "string", demandOption: true, describe: "trial YAML" }),
  handler: async ({ file, out }) => {
    const config = await readTrialConfig(file)
    const work = await mkdtemp(join(tmpdir(), "trial-"))
    try {
      const record = await runWholeTrial(config, work, {
        fitScanners,
        fitTamperDetector,
        makeInspector: (settings) => inspectionPool(settings, 1, silentLog),
        progress: terminalProgress(),
        logLine: (text) => console.error(text),
      })
      const entry = trialEntry(record, new Date().toISOString())
      await writeFileAtomic(join(out, `${entry.run.id}.json`), `${JSON.stringify(record, null, 2)}\n`)
      const page = await publishReport(out, entry, renderReport(trialReport(record)))
      for (const text of (await rebuildIndex(out)).broken) console.error(`not in the index: ${text}`)
      for (const { scenario, passed, sessions } of record.sessions.scenarios) {
        console.log(`${scenario}: ${passed} of ${sessions} let in`)
      }
      for (const line of presentationLines(record)) console.log(line)
      for (const suite of ["attacks", "systemA"] as const) {
        for (const { id, successes, attempts } of record[suite]) {
          console.log(
            `${suite === "attacks" ? "opaque-aead" : "system-a"} ${id}: ${successes} of ${attempts} succeeded`,
          )
        }
      }
      console.log(page)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  },
}

export const trialCommand: CommandModule = {
  command: "trial <command>",
  describe: "Trials of the authentication server: run",
  builder: (yargs) => yargs.command(runCommand).demandCommand(1).strict(),
  handler: () => {},
}
