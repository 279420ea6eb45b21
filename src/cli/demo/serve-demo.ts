import { once } from "node:events"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pressInThread } from "../../capture/fingerprint/twin/device/presser.js"
import { ScannerSettings } from "../../capture/fingerprint/twin/scanner-settings.js"
import type { DemoScanner } from "../../serve/demo/demo-panel.js"
import { startDemoServer } from "../../serve/demo/demo-server.js"
import { inspectionPool } from "../../serve/server/auth/inspection-pool.js"
import { silentLog } from "../../shared/log.js"
import { DEMO_SEED } from "./run-demo.js"

export interface ServeDemoOptions {
  /** Promoted model by scanner id. */
  readonly models: Readonly<Record<string, string>>
  /** Where accounts are kept; absent: in a throwaway folder. */
  readonly data: string | undefined
  readonly port: number
  readonly httpPort: number
  readonly say: (line: string) => void
}

/** The scanners that are linked, and the unit of the demonstration that may stand in their place. */
const scanners: readonly DemoScanner[] = [
  { scannerId: "unit-1", words: "front desk", other: "unit-3" },
  { scannerId: "unit-2", words: "back door", other: "unit-3" },
]

/** Chosen on simulated people of another seed: experiments/trials/twin.yaml. */
const SCORE_THRESHOLD = 6
const QUALITY_FLOOR = 20

/** Serves until Ctrl-C; the last line that it says is the page's address. */
export async function serveDemo({ models, data, port, httpPort, say }: ServeDemoOptions): Promise<void> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "sourceprint-demo-")))
  await mkdir(folder, { recursive: true })
  const presser = pressInThread(DEMO_SEED, ScannerSettings.parse({}))
  const settings = {
    matcherId: "minutiae",
    scoreThreshold: SCORE_THRESHOLD,
    qualityFloor: QUALITY_FLOOR,
    models: Object.fromEntries(scanners.map(({ scannerId }) => [scannerId, models[scannerId]])),
  }
  const stop = once(process, "SIGINT")
  const end = once(process, "SIGTERM")
  try {
    const demo = await startDemoServer({
      folder,
      ports: { port, httpPort },
      scanners,
      presser,
      policy: {},
      makeInspector: () => inspectionPool(settings, 2, silentLog),
      log: silentLog,
      say: (scannerId, text) => say(`  [${scannerId}] ${text}`),
    })
    try {
      say(`accounts are kept in ${folder}${data === undefined ? " until you stop it" : ""}; Ctrl-C ends`)
      say(demo.address)
      await Promise.race([stop, end])
    } finally {
      await demo.stop()
    }
  } finally {
    await presser.close()
    if (data === undefined) await rm(folder, { recursive: true, force: true })
  }
}
