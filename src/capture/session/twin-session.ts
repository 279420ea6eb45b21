import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { sensorOf } from "../fingerprint/registry.js"
import type { FaultChooser } from "../fingerprint/twin/device/faults.js"
import type { Hands } from "../fingerprint/twin/device/hands.js"
import { HeldPlaten } from "../fingerprint/twin/device/platen.js"
import { type ServedTwin, serveTwinTcp } from "../fingerprint/twin/device/serve-tcp.js"
import type { ImpressionSource } from "../fingerprint/twin/impression.js"
import type { OperatorPort, SessionEvent } from "../session.js"
import { ActionQueue } from "./action-queue.js"
import { CaptureDataset } from "./capture-dataset.js"
import { obedientOperatorPort } from "./obedient-operator-port.js"
import { openPlannedSensor } from "./open-planned-sensor.js"
import type { SessionPlan } from "./plan.js"
import { runSession } from "./run-session.js"

export interface TwinSessionOptions {
  /** Its ports are replaced by those of twins that are started for the run. */
  readonly plan: SessionPlan
  readonly folder: string
  readonly touches: ImpressionSource
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
        const platen = new HeldPlaten()
        const device = sensorOf(scanner.sensor).twin(scanner.id, platen, {
          width: options.touches.width,
          height: options.touches.height,
          paced: options.paced === true,
          ...(options.faults === undefined ? {} : { faults: options.faults(scanner.id) }),
        })
        const twin = await serveTwinTcp(device)
        served.push(twin)
        const scanners = options.plan.scanners.map((one) => (one.id === scanner.id ? { ...one, port: twin.name } : one))
        const plan = { ...options.plan, scanners, simulated: true }
        const hands: Hands = {
          place: (request) => platen.place(options.touches.impression(request).nibbles),
          lift: () => platen.lift(),
        }
        const operator = obedientOperatorPort(hands, new ActionQueue(), options.sessionNumber)
        const operatorPort: OperatorPort = {
          take: operator.take,
          show: (event) => {
            count(event)
            operator.show(event)
          },
        }
        return runSession({
          plan,
          dataset,
          operatorPort,
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
