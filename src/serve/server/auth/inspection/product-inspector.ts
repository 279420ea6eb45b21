import type { Log } from "@sourceprint/core/log.js"
import type { ServeConfig } from "../../serve-config.js"
import { faceInspectionPool } from "../face/face-inspection-pool.js"
import { inspectionPool } from "./inspection-pool.js"
import type { InspectionSettings } from "./inspection-settings.js"
import type { Inspector } from "./inspector.js"

/** Fingers and scanners on `threads` threads, faces beside them where the policy asks for them.
 *  @throws AppError "serve/models", "serve/faces" */
export async function productInspector(
  settings: InspectionSettings,
  faces: ServeConfig["faces"] | undefined,
  threads: number,
  log: Log,
): Promise<Inspector> {
  const fingers = await inspectionPool(settings, threads, log)
  if (faces === undefined) return fingers
  const thresholds = { match: faces.threshold, samePerson: faces.samePerson }
  try {
    const pool = await faceInspectionPool(thresholds, faces.threads, log)
    const close = async (): Promise<void> => {
      await Promise.all([fingers.close(), pool.close()])
    }
    return { ...fingers, faces: pool, close }
  } catch (error) {
    await fingers.close()
    throw error
  }
}
