import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { presentationFigures } from "@sourceprint/core/metrics/presentation-attack.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { PresentedSession } from "@sourceprint/serve/trial/run-presentations.js"
import { presentationOf } from "@sourceprint/train/presentation-tasks.js"
import { sharedData } from "../../test/support/shared-data.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost } from "./figure.js"
import { type EncodedImage, encoded, encodedImage, labelled, presentedSamples } from "./presentation/encoded-set.js"
import {
  asPresentation,
  type Choice,
  choices,
  dealt,
  type JudgedFold,
  judgedBy,
  nestedFolds,
} from "./presentation/nested.js"
import { simulatedSet } from "./presentation/simulated-casts.js"
import { foldSignIns, type SignIns } from "./presentation/whole-sign-in.js"

/** How much of it all; a test takes less. */
export interface Size {
  /** Absent: every finger. */
  readonly fingers?: readonly string[]
  /** Images of a finger and of its artefacts up to this one; absent: all. */
  readonly impressions?: number
  readonly folds: number
  readonly choices: readonly Choice[]
  /** Of each finger at the server, each enrolled with other images. */
  readonly accounts: number
}

const whole: Size = { folds: 6, choices, accounts: 1 }

function images(): string {
  const folder = sharedData("biometrika")
  if (folder === undefined) throw new Error("the real images (../shared/data/biometrika) are not on this machine")
  return folder
}

const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`
const counts = ({ errors, trials, interval }: CountedRate): string =>
  `${errors} of ${trials}, 95 % by finger ${percent(interval.low)} to ${percent(interval.high)}`

export interface Judged {
  readonly images: readonly EncodedImage[]
  readonly folds: readonly JudgedFold[]
}

export async function judgedSet(size: Size, logLine: (text: string) => void): Promise<Judged> {
  const { fingers, impressions = Number.POSITIVE_INFINITY } = size
  const samples = (await presentedSamples(images(), fingers)).filter(({ impression }) => impression <= impressions)
  const set = await encoded(images(), samples)
  logLine(`${set.length} images encoded`)
  return { images: set, folds: nestedFolds(dealt(set, size.folds, 1), size.choices, logLine) }
}

let judgedWhole: Promise<Judged> | undefined
/** The set is judged once for all lines. */
const judgedOnce = (logLine: (text: string) => void): Promise<Judged> => {
  judgedWhole ??= judgedSet(whole, logLine)
  return judgedWhole
}

/** ISO/IEC 30107-3 of images that trained and chose nothing. */
export function imageFigures(folds: readonly JudgedFold[]): Figure[] {
  const figures = presentationFigures(
    folds.flatMap(({ judged }) => judged.map(asPresentation)),
    new Rng("images"),
  )
  const { bpcer, apcer, apcerAtBpcer, dEer } = figures
  const chosen = folds.map(({ choice }) => `without ${choice.without.join("+") || "nothing"}, ${choice.penalty}`)
  const times = [...new Set(chosen)].map(
    (one) => `${one}: ${chosen.filter((other) => other === one).length} of ${chosen.length}`,
  )
  return [
    atMost("BPCER", 100 * bpcer.rate, 2, "%", counts(bpcer)),
    ...apcer.map(({ species, ...rate }) => atMost(`APCER, ${species}`, 100 * rate.rate, 2, "%", counts(rate))),
    ...[
      ...apcerAtBpcer.map((one) => ({ name: `APCER at BPCER ${percent(one.bpcer)}`, ...one.apcer })),
      { name: "D-EER", ...dEer },
    ].map(
      ({ name, value, interval }): Figure => ({
        name,
        value: 100 * value,
        unit: "%",
        note: `read off the scores; 95 % by finger ${percent(interval.low)} to ${percent(interval.high)}`,
      }),
    ),
    { name: "settings chosen inside the training parts", value: times.length, unit: "", note: times.join("; ") },
  ]
}

/** Who was let in; "before" is the same sign-ins without a liveness model, which is asked last. */
export function signInFigures({ enrolledAlive, enrolledByArtefacts, notEnrolled }: SignIns): Figure[] {
  const real = enrolledAlive.filter(({ species }) => species === undefined)
  const spoofs = enrolledAlive.filter(({ species }) => species !== undefined)
  const passed = (sessions: readonly PresentedSession[]) => sessions.filter((session) => session.passed).length
  const before = (sessions: readonly PresentedSession[]) =>
    sessions.filter((session) => session.passed || session.reason === "liveness").length
  const share = (count: number, of: readonly unknown[]): number => (100 * count) / of.length
  const fingers = (sessions: readonly PresentedSession[]) => new Set(sessions.map(({ finger }) => finger)).size
  const reasons = (sessions: readonly PresentedSession[]): string => {
    const names = [...new Set(sessions.map(({ reason }) => reason))]
    return names.map((name) => `${name} ${sessions.filter(({ reason }) => reason === name).length}`).join(", ")
  }
  const line = (sessions: readonly PresentedSession[]) =>
    `${passed(sessions)} of ${sessions.length}, ${fingers(sessions)} accounts; without liveness ` +
    `${before(sessions)}; ${reasons(sessions)}`
  const all = [...spoofs, ...enrolledByArtefacts]
  return [
    atLeast("genuine sign-ins let in, one touch each", share(passed(real), real), 95, "of 100", line(real)),
    atMost("spoofs let in, fingers enrolled alive", share(passed(spoofs), spoofs), 3, "of 100", line(spoofs)),
    atMost(
      "spoofs let in, all: fingers without live images enrolled with three spoofs",
      share(passed(all), all),
      3,
      "of 100",
      line(all),
    ),
    { name: "accounts that could not be enrolled", value: notEnrolled.length, unit: "", note: notEnrolled.join(", ") },
  ]
}

export async function signIns(judged: Judged, size: Size, logLine: (text: string) => void): Promise<SignIns> {
  const work = await mkdtemp(join(tmpdir(), "prove-presentation-"))
  try {
    return await foldSignIns(images(), work, judged.folds, size.accounts, logLine)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const fingers: Claim = {
  title: "finger or artefact, one optical sensor: nested cross-validation over fingers, settings chosen inside",
  measure: async (logLine) => imageFigures((await judgedOnce(logLine)).folds),
}

const species: Claim = {
  title: "materials that trained nothing: each left out in turn, fingers too",
  async measure(logLine) {
    const { images: set } = await judgedOnce(logLine)
    const kinds = [
      ...new Set(set.flatMap(({ sample }) => (sample.presentation === "attack" ? [presentationOf(sample)] : []))),
    ]
    if (kinds.length < 2)
      return [
        { name: "materials that are labelled", value: kinds.length, unit: "", note: "two are needed; not measured" },
      ]
    return kinds.flatMap((kind) => {
      const isUnseen = (sample: EncodedImage["sample"]) =>
        sample.presentation === "attack" && presentationOf(sample) === kind
      const folds = nestedFolds(
        dealt(set, whole.folds, 1),
        choices.slice(1, 2),
        logLine,
        (sample) => !isUnseen(sample),
        (sample) => isUnseen(sample) || sample.presentation === "bona-fide",
      )
      return imageFigures(folds).slice(0, 2)
    })
  },
}

const signIn: Claim = {
  title:
    "whole sign-ins with real fingers and spoofs (FMR 0.1 %), judged by models that their fingers trained nothing of",
  measure: async (logLine) => signInFigures(await signIns(await judgedOnce(logLine), whole, logLine)),
}

const simulated: Claim = {
  title: "simulated casts: the model of the real sensor, and one of the same kind that saw simulated ones",
  async measure(logLine) {
    const { folds } = await judgedOnce(logLine)
    const set = simulatedSet(
      Array.from({ length: 10 }, (_, i) => `person-${i + 1}`),
      4,
    )
    const real = judgedBy(defined(folds[0]), set)
    const own = nestedFolds(dealt(set, 5, 1), choices.slice(1, 2), logLine).flatMap(({ judged }) => judged)
    const of = (judged: JudgedFold["judged"], presentation: string) => {
      const those = judged.filter(({ sample }) => sample.presentation === presentation)
      return { accepted: those.filter(({ accepted }) => accepted).length, of: those.length }
    }
    const line = (name: string, judged: JudgedFold["judged"]): Figure[] => [
      figureOf(`${name}: casts accepted`, of(judged, "attack")),
      figureOf(`${name}: touches accepted`, of(judged, "bona-fide")),
    ]
    return [...line("trained on the real sensor", real), ...line("trained on simulated ones", own)]
  },
}

const otherSet: Claim = {
  title:
    "fingers of another set from a sensor of perhaps the same model (fvc2002/DB2_B), which trained and chose nothing",
  async measure(logLine) {
    const folder = sharedData("fvc2002/DB2_B")
    if (folder === undefined) throw new Error("the real images (../shared/data/fvc2002) are not on this machine")
    const { folds } = await judgedOnce(logLine)
    const files = (await readdir(folder)).filter((file) => file.endsWith(".tif")).sort()
    const set: EncodedImage[] = []
    for (const file of files)
      set.push(encodedImage(labelled("live", file.split("_")[0], set.length), await readGrayImage(join(folder, file))))
    const refused = folds.map((fold) => judgedBy(fold, set).filter(({ accepted }) => !accepted).length)
    const note = `refused by the model of each fold: ${refused.join(", ")} of ${set.length} touches of 10 fingers`
    const share = refused.reduce((sum, count) => sum + count, 0) / (folds.length * set.length)
    return [{ name: "BPCER, mean over the folds' models", value: 100 * share, unit: "%", note }]
  },
}

const figureOf = (name: string, { accepted, of }: { accepted: number; of: number }): Figure => ({
  name,
  value: accepted,
  unit: `of ${of}`,
  note:
    "no bound: the twin's casts differ from its touches by the coupling, sharpness and grain that twin/artefact.ts " +
    "assumes, and its 16 levels are not those of the real sensor, so this measures the simulation",
})

export const claims: readonly Claim[] = [fingers, species, signIn, simulated, otherSet]
