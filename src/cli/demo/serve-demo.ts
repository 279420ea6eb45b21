import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { constants, setPriority, tmpdir } from "node:os"
import { join } from "node:path"
import { simulateInThread } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { defined } from "@sourceprint/core/defined.js"
import type { DemoScanner } from "@sourceprint/serve/demo/demo-panel.js"
import { startDemoServer } from "@sourceprint/serve/demo/demo-server.js"
import { stringify } from "yaml"
import { startServer } from "../serve/start-server.js"
import { DEMO_SEED } from "./run-demo.js"

export interface ServeDemoOptions {
  /** Promoted model by scanner id. */
  readonly models: Readonly<Record<string, string>>
  /** Made meanwhile, where it is not there yet. */
  readonly reportFile: string
  /** Where accounts are kept; absent: in a throwaway folder. */
  readonly data: string | undefined
  readonly port: number
  readonly httpPort: number
  readonly logLine: (line: string) => void
}

/** The scanners that are linked, and the unit of the demonstration that may stand in their place. */
const scanners: readonly DemoScanner[] = [
  { scannerId: "unit-1", words: "front desk", other: "unit-3" },
  { scannerId: "unit-2", words: "back door", other: "unit-3" },
]

/** Chosen on simulated people of another seed: experiments/trials/twin.yaml. */
const SCORE_THRESHOLD = 6

/** The rest of the story, in a process of its own that gives way to the server. */
function reportMeanwhile(): ChildProcess {
  const child = spawn(process.execPath, [defined(process.argv[1], "this program"), "demo"], { stdio: "ignore" })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  return child
}

/** Serves until Ctrl-C; the last line that it says is the page's address. */
export async function serveDemo({
  models,
  reportFile,
  data,
  port,
  httpPort,
  logLine,
}: ServeDemoOptions): Promise<void> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "sourceprint-demo-")))
  await mkdir(folder, { recursive: true })
  // For the commands that look after a server: account, device, audit.
  const configFile = join(folder, "serve.yaml")
  const files = { store: join(folder, "demo.db"), keyFile: join(folder, "master.keys") }
  await writeFile(configFile, stringify(files))
  const fingerSimulator = simulateInThread(DEMO_SEED, ScannerSettings.parse({}))
  const used = Object.fromEntries(scanners.map(({ scannerId }) => [scannerId, defined(models[scannerId], "model")]))
  const reporting = existsSync(reportFile) ? undefined : reportMeanwhile()
  const stop = once(process, "SIGINT")
  const end = once(process, "SIGTERM")
  try {
    const demo = await startDemoServer({
      files,
      folder,
      ports: { port, httpPort },
      scanners,
      fingerSimulator,
      policy: {
        accept: [
          ["password", "finger", "scanner"],
          ["password", "face"],
        ],
      },
      matching: { threshold: SCORE_THRESHOLD, models: used },
      start: (config, tuning) => startServer(config, "error", tuning),
      logLine: (scannerId, text) => logLine(`  [${scannerId}] ${text}`),
    })
    try {
      const operator = `npx sourceprint account operator --config ${configFile} --name <name>`
      logLine(`accounts are kept in ${folder}${data === undefined ? " until you stop it" : ""}; Ctrl-C ends`)
      logLine(`to see the operator's pages, sign up and then: ${operator}`)
      logLine(`the report is ${existsSync(reportFile) ? "in" : "being made meanwhile, for"} ${reportFile}`)
      logLine(demo.address)
      await Promise.race([stop, end])
    } finally {
      reporting?.kill()
      await demo.stop()
    }
  } finally {
    await fingerSimulator.close()
    if (data === undefined) await rm(folder, { recursive: true, force: true })
  }
}
