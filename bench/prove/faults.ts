import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { distinctPictures } from "@sourceprint/serve/trial/run-whole-trial.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"
import { freshDatabase } from "../../test/support/fresh-postgres.js"
import {
  mountFailingDisk,
  mountSmallDisk,
  unmount,
  withoutFailingDisk,
  withoutSmallDisk,
} from "../../test/support/small-disk.js"
import { throwawayPostgres, withoutPostgres } from "../../test/support/throwaway-postgres.js"
import type { Claim, Figure } from "./claim.js"
import { cutLine, deletedFile, fullDisk, lockedFile, readOnlyDisk, stoppedProcess } from "./faults/fault-kinds.js"
import { type Fault, runFault } from "./faults/fault-run.js"
import { jumpingClock, littleMemory, noDescriptors, withoutFakeTime, withoutPrlimit } from "./faults/process-faults.js"

const cli = join(fileURLToPath(new URL("../../../", import.meta.url)), "src/cli/dist/main.js")
const CLIENTS = 4

export interface FaultSize {
  /** How long the fault lasts. */
  readonly lastsMs: number
  /** How long a client waits after an enrolment; not at all unless told. */
  readonly pauseMs?: number
}

let lines: readonly GrayImage[] | undefined
/** Pictures of one finger, no two alike. */
function pictures(): () => Uint8Array {
  if (lines === undefined) {
    const touches = new SyntheticImpressions(41, ScannerSettings.parse({ seed: 41 }))
    lines = Array.from({ length: 4 }, (_, i) => lineImage(touches, "victim", "unit-1", 0, i))
  }
  return distinctPictures(lines)
}

/** Runs one fault in a folder of its own. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-faults-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param faultOf of the SQLite file and a folder @param place where the file lies; beside the rest unless told */
export const measureSqlite = (
  faultOf: (file: string, folder: string) => Fault,
  size: FaultSize,
  logLine: (text: string) => void,
  place?: string,
): Promise<Figure[]> =>
  inFolder((folder) => {
    const store = join(place ?? folder, "s.db")
    const freshImpression = pictures()
    return runFault({
      folder,
      store,
      cli,
      fault: faultOf(store, folder),
      clients: CLIENTS,
      ...size,
      freshImpression,
      logLine,
    })
  })

const skipped = (why: string): Figure[] => [{ name: `skipped: ${why}`, value: 0, unit: "" }]

export async function measureFullDisk(size: FaultSize, logLine: (text: string) => void): Promise<Figure[]> {
  const why = withoutSmallDisk()
  if (why !== false) return skipped(why)
  const disk = mountSmallDisk("24m")
  try {
    return await measureSqlite(fullDisk, size, logLine, disk)
  } finally {
    unmount(disk)
  }
}

export async function measureReadOnly(size: FaultSize, logLine: (text: string) => void): Promise<Figure[]> {
  const why = withoutFailingDisk()
  if (why !== false) return skipped(why)
  const disk = mountFailingDisk(2 ** 25)
  try {
    return await measureSqlite(() => readOnlyDisk(disk), size, logLine, disk.folder)
  } finally {
    disk.remove()
  }
}

export const measureDescriptors = (size: FaultSize, logLine: (text: string) => void): Promise<Figure[]> =>
  withoutPrlimit === false
    ? measureSqlite(() => noDescriptors, size, logLine)
    : Promise.resolve(skipped(withoutPrlimit))

export const measureClock = (by: string, size: FaultSize, logLine: (text: string) => void): Promise<Figure[]> =>
  withoutFakeTime === false
    ? measureSqlite((_file, folder) => jumpingClock(folder, by), size, logLine)
    : Promise.resolve(skipped(withoutFakeTime))

export async function measurePostgres(
  kind: "partition" | "refusal",
  size: FaultSize,
  logLine: (text: string) => void,
): Promise<Figure[]> {
  if (withoutPostgres !== false) return skipped(withoutPostgres)
  const cluster = await throwawayPostgres()
  try {
    const url = new URL((await freshDatabase(cluster.url)).replace("postgres://", "http://"))
    const line = await cutLine(join(url.searchParams.get("host") ?? "", ".s.PGSQL.5432"))
    try {
      const store = `postgres://sourceprint@127.0.0.1:${line.port}${url.pathname}`
      const freshImpression = pictures()
      return await inFolder((folder) =>
        runFault({ folder, store, cli, fault: line[kind], clients: CLIENTS, ...size, freshImpression, logLine }),
      )
    } finally {
      line.stop()
    }
  } finally {
    await cluster.stop()
  }
}

export const claims: readonly Claim[] = [
  {
    title: "SQLite locked for 30 s by another process",
    measure: (logLine) => measureSqlite(lockedFile, { lastsMs: 30_000 }, logLine),
  },
  {
    title: "the SQLite file is deleted under the server",
    measure: (logLine) => measureSqlite(deletedFile, { lastsMs: 10_000 }, logLine),
  },
  { title: "full disk for 20 s", measure: (logLine) => measureFullDisk({ lastsMs: 20_000 }, logLine) },
  { title: "read-only file system for 20 s", measure: (logLine) => measureReadOnly({ lastsMs: 20_000 }, logLine) },
  {
    title: "the server stands still for 60 s",
    measure: (logLine) => measureSqlite(() => stoppedProcess, { lastsMs: 60_000 }, logLine),
  },
  { title: "no descriptor left for 20 s", measure: (logLine) => measureDescriptors({ lastsMs: 20_000 }, logLine) },
  { title: "the clock 6 h fast for 20 s", measure: (logLine) => measureClock("+6h", { lastsMs: 20_000 }, logLine) },
  { title: "the clock 6 h slow for 20 s", measure: (logLine) => measureClock("-6h", { lastsMs: 20_000 }, logLine) },
  {
    title: "64 MB of heap for 60 s of load",
    measure: (logLine) => measureSqlite(() => littleMemory, { lastsMs: 60_000 }, logLine),
  },
  {
    title: "PostgreSQL partitioned for 30 s",
    measure: (logLine) => measurePostgres("partition", { lastsMs: 30_000 }, logLine),
  },
  {
    title: "PostgreSQL stopped for 30 s",
    measure: (logLine) => measurePostgres("refusal", { lastsMs: 30_000 }, logLine),
  },
]
