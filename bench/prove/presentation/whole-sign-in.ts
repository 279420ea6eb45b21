import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { silentLog } from "@sourceprint/core/log.js"
import { noProgress } from "@sourceprint/core/progress.js"
import { minutiaeOperatingPoints } from "@sourceprint/match/fingerprint/minutiae/operating-points.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import type { Inspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import { type PresentedFinger, presentedFingers } from "@sourceprint/serve/trial/presented-fingers.js"
import { type PresentedSession, runPresentations } from "@sourceprint/serve/trial/run-presentations.js"
import { foldPredictorModule, writeFoldModel } from "./fold-model.js"
import type { JudgedFold } from "./nested.js"

/** For FMR 0.1 %, the matcher's own. */
const THRESHOLD = defined(minutiaeOperatingPoints.points.find(({ fmr }) => fmr === 0.001)).threshold
/** Images that enrol a finger. */
const ENROL_WITH = 3

export interface SignIns {
  /** Fingers and artefacts, the fingers enrolled with their own images. */
  readonly enrolledAlive: PresentedSession[]
  /** Artefacts of fingers without images of their own, enrolled with three of the artefacts: the matcher then agrees
   *  as it never would with the finger, and liveness alone can refuse. */
  readonly enrolledByArtefacts: PresentedSession[]
  readonly notEnrolled: string[]
}

/** `count` accounts of a finger: each is enrolled with other images of it, and the others sign in. */
const rotated = (finger: PresentedFinger, count: number): PresentedFinger[] => {
  const images = [...finger.enrolment, ...finger.bonaFide]
  return Array.from({ length: count }, (_, turn) => {
    const from = (turn * (images.length - ENROL_WITH)) % images.length
    const own = [...images.slice(from), ...images.slice(0, from)]
    return {
      ...finger,
      name: `${finger.name} account ${turn + 1}`,
      enrolment: own.slice(0, ENROL_WITH),
      bonaFide: own.slice(ENROL_WITH),
      attacks: turn === 0 ? finger.attacks : [],
    }
  })
}

/** An inspector that does not ask for liveness in an enrolment, where nothing is there to compare with. */
const enrollingAnything = (inspector: Inspector): Inspector => ({
  ...inspector,
  inspect: async (request) => {
    const found = await inspector.inspect(request)
    return request.references.length === 0 ? { ...found, liveness: undefined } : found
  },
})

/** Every image through a sign-in of its own at a server whose liveness model is the fold's: matching, duplicates,
 *  liveness. @param accounts of each finger */
export async function foldSignIns(
  images: string,
  work: string,
  folds: readonly JudgedFold[],
  accounts: number,
  logLine: (text: string) => void,
): Promise<SignIns> {
  const found: SignIns = { enrolledAlive: [], enrolledByArtefacts: [], notEnrolled: [] }
  for (const [i, { model, threshold, samples }] of folds.entries()) {
    const folder = join(work, `fold-${i + 1}`)
    await writeFoldModel(folder, model, threshold.threshold)
    const settings = {
      matcherId: "minutiae",
      scoreThreshold: THRESHOLD,
      qualityFloor: 20,
      models: {},
      liveness: folder,
      predictorModule: foldPredictorModule,
    }
    const inspector = await inspectionPool(settings, 1, silentLog)
    try {
      const { fingers } = presentedFingers(samples, images, ENROL_WITH)
      const alive = fingers.flatMap((finger) => rotated(finger, accounts))
      const own = await runPresentations(alive, join(folder, "alive"), inspector, noProgress)
      found.enrolledAlive.push(...own.sessions)
      found.notEnrolled.push(...own.notEnrolled)
      const names = new Set(fingers.map(({ name }) => name))
      const others = artefactsAsFingers(
        presentedFingers(samples, images, 0).fingers.filter(({ name }) => !names.has(name)),
      )
      if (others.length > 0) {
        const server = enrollingAnything(inspector)
        const byArtefacts = await runPresentations(others, join(folder, "artefacts"), server, noProgress)
        found.enrolledByArtefacts.push(...byArtefacts.sessions)
        found.notEnrolled.push(...byArtefacts.notEnrolled)
      }
    } finally {
      await inspector.close()
    }
    logLine(`fold ${i + 1} of ${folds.length} signed in`)
  }
  return found
}

const artefactsAsFingers = (fingers: readonly PresentedFinger[]): PresentedFinger[] =>
  fingers.map((finger) => ({
    ...finger,
    enrolment: finger.attacks.slice(0, ENROL_WITH).map(({ path }) => path),
    bonaFide: [],
    attacks: finger.attacks.slice(ENROL_WITH),
  }))
