import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { sensorOf } from "../fingerprint/registry.js"
import type { FaultChooser } from "../fingerprint/twin/device/faults.js"
import { HeldGlass } from "../fingerprint/twin/device/glass.js"
import type { Hands } from "../fingerprint/twin/device/hands.js"
import { type ServedTwin, serveTwinTcp } from "../fingerprint/twin/device/serve-tcp.js"
import type { TouchSource } from "../fingerprint/twin/touch.js"
import type { SessionDesk, SessionEvent } from "../session.js"
import { ActionQueue } from "./action-queue.js"
import { CaptureDataset } from "./capture-dataset.js"
import { obedientDesk } from "./obedient-desk.js"
import { openPlannedSensor } from "./open-planned-sensor.js"
import type { SessionPlan } from "./plan.js"
import { runSession } from "./run-session.js"

export interface TwinSessionOptions {
  /** Its ports are replaced by those of twins that are started for the run. */
  readonly plan: SessionPlan
  readonly folder: string
  readonly touches: TouchSource
  /** Which session of the units' life it is, from 0. */
  readonly sessionNumber?: number
  /** True: every image takes its line time. */
  readonly paced?: boolean
  readonly faults?: (scanner: string) => FaultChooser
  readonly signal?: AbortSignal
  readonly progress?: Progress
}

export interface TwinSessionResult {
  readonly complete: boolean
  /** Touches saved by this run. */
  readonly saved: number
  /** Touches that the quality gate sent back. */
  readonly refused: number
}

/** A whole session without hands: a simulated sensor for each scanner of the plan, on TCP, all at once, and an operator
 *  who does what the prompts say. The data go through the same driver, gate and dataset as those of a real scanner and
 *  are marked as simulated. The same call resumes. @throws what `runSession` throws */
export async function runTwinSession(options: TwinSessionOptions): Promise<TwinSessionResult> {
  const { folder, signal, progress = noProgress } = options
  const { dataset } = await CaptureDataset.open(folder)
  const total = options.plan.subjects.length * options.plan.fingers.length * options.plan.impressions
  let saved = 0
  let refused = 0
  const served: ServedTwin[] = []
  try {
    const before = (await dataset.samples()).length
    progress.start(total * options.plan.scanners.length, "touches")
    const count = (event: SessionEvent): void => {
      if (event.kind === "refused") refused++
      if (event.kind !== "saved") return
      saved++
      progress.update(before + saved, event.sample.path)
    }
    const results = await Promise.all(
      options.plan.scanners.map(async (scanner) => {
        const glass = new HeldGlass()
        const device = sensorOf(scanner.sensor).twin(scanner.id, glass, {
          width: options.touches.width,
          height: options.touches.height,
          paced: options.paced === true,
          ...(options.faults === undefined ? {} : { faults: options.faults(scanner.id) }),
        })
        const twin = await serveTwinTcp(device)
        served.push(twin)
        const scanners = options.plan.scanners.map((one) =>
          one.id === scanner.id ? { ...one, port: twin.name } : one,
        )
        const plan = { ...options.plan, scanners, simulated: true }
        const hands: Hands = {
          place: (request) => glass.place(options.touches.touch(request).nibbles),
          lift: () => glass.lift(),
        }
        const operator = obedientDesk(hands, new ActionQueue(), options.sessionNumber)
        const desk: SessionDesk = {
          take: operator.take,
          show: (event) => {
            count(event)
            operator.show(event)
          },
        }
        return runSession({
          plan,
          dataset,
          desk,
          openSensor: (one) => openPlannedSensor(one, plan),
          scanners: [scanner.id],
          pollMs: 1,
          ...(signal === undefined ? {} : { signal }),
        })
      }),
    )
    return { complete: results.every((result) => result.complete), saved, refused }
  } finally {
    progress.stop()
    for (const twin of served) await twin.close()
    dataset.close()
  }
}
