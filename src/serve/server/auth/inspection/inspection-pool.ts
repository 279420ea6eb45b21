import { fileURLToPath } from "node:url"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import { Piscina } from "piscina"
import type { InspectionSettings } from "./inspection-settings.js"
import type { EnrolmentInspection, Inspection, Inspector } from "./inspector.js"

/** A worker that takes longer hangs: it is ended, another takes its place, the image counts as unusable. */
const HUNG_AFTER_MS = 60_000

/** The product's inspector: matcher and promoted models, warm, in worker threads. Resolves when every thread has loaded
 *  them, so that a wrong model stops the start and not the first sign-in.
 *  @throws AppError "serve/models" */
export async function inspectionPool(settings: InspectionSettings, threads: number, log: Log): Promise<Inspector> {
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./inspection-worker.js", import.meta.url)),
    workerData: settings,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  })
  const run = async <T>(name: "inspect" | "enrol", input: unknown, unusable: T): Promise<T> => {
    try {
      return await pool.run(input, { name, signal: AbortSignal.timeout(HUNG_AFTER_MS) })
    } catch (error) {
      log.error("inspection.fault", { name, why: messageOf(error) })
      return unusable
    }
  }
  try {
    await Promise.all(Array.from({ length: threads }, () => pool.run(undefined, { name: "ready" })))
  } catch (cause) {
    await pool.destroy()
    throw new AppError("serve/models", `the matcher or a model cannot be loaded: ${messageOf(cause)}`, {
      cause,
    })
  }
  const { scoreThreshold, qualityFloor } = settings
  const badImage: Inspection = {
    quality: 0,
    acceptable: false,
    qualityFloor,
    score: 0,
    scoreThreshold,
    duplicate: undefined,
    probe: undefined,
    scanner: undefined,
    stageMs: {},
  }
  const badEnrolment: EnrolmentInspection = { template: undefined, reason: "quality" }
  return {
    matcherId: settings.matcherId,
    inspect: (request) => run("inspect", request, badImage),
    enrol: (images) => run("enrol", images, badEnrolment),
    close: () => pool.destroy(),
  }
}
