import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { type ChosenThreshold, chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import type { ClassicalModel } from "@sourceprint/model/classical-model.js"
import type { textureV2Groups } from "@sourceprint/model/features/texture-v2.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { linearModel } from "@sourceprint/model/linear-model.js"
import { votes } from "@sourceprint/model/view/vote.js"
import { presentationOf } from "@sourceprint/train/presentation-tasks.js"
import { calibration, rawScores } from "@sourceprint/train/zoo/grouped-ridge.js"
import { fitLiveness } from "@sourceprint/train/zoo/liveness-ridge.js"
import { contract, type EncodedImage, labelOf, rowsOf } from "./encoded-set.js"

/** Settings of `liveness-ridge` that every training part chooses among for itself. */
export interface Choice {
  readonly without: readonly (keyof typeof textureV2Groups)[]
  readonly penalty: number
}

const grey = ["occupancy", "contrast"] as const
export const choices: readonly Choice[] = [
  { without: grey, penalty: 0.05 },
  { without: grey, penalty: 0.0005 },
  { without: ["occupancy"], penalty: 0.0005 },
]

/** One outer fold: a model that saw nothing of its fingers, and what it says of them. */
export interface JudgedFold {
  readonly choice: Choice
  readonly model: ClassicalModel
  readonly threshold: ChosenThreshold
  readonly samples: readonly Sample[]
  readonly judged: readonly { readonly sample: Sample; readonly score: number; readonly accepted: boolean }[]
}

/** What a model says of images. */
export function judgedBy(
  { model, threshold }: Pick<JudgedFold, "model" | "threshold">,
  images: readonly EncodedImage[],
): JudgedFold["judged"] {
  return images.map(({ sample, rows }) => {
    const score = votes(model.predict(rows), rowsPerImage(contract), contract.vote)[0]
    return { sample, score, accepted: score >= threshold.threshold }
  })
}

/** Images in `folds` sets: a finger and its artefacts lie in one; each set has bona fide images and every species. */
export function dealt(images: readonly EncodedImage[], folds: number, seed: number): EncodedImage[][] {
  const samples = images.map(({ sample }) => sample)
  const splits = splitSamples(samples, { by: "finger", seed, folds }, ({ presentation = "" }) => presentation)
  return splits.map((split) => {
    const paths = new Set(split.eval.map(({ path }) => path))
    return images.filter(({ sample }) => paths.has(sample.path))
  })
}

/** Judges every image by a model that neither it nor any image of its finger had a part in: not in the weights, not in
 *  the choice of features and penalty, not in calibration or threshold. Inside each training part, every set is scored
 *  by a model of the others; those scores choose.
 *  @param judges whether an image is judged; one that is not judged trains @param trains the contrary for training */
export function nestedFolds(
  sets: readonly (readonly EncodedImage[])[],
  tried: readonly Choice[],
  logLine: (text: string) => void,
  trains: (sample: Sample) => boolean = () => true,
  judges: (sample: Sample) => boolean = () => true,
): JudgedFold[] {
  const training = sets.map((set) => set.filter(({ sample }) => trains(sample)))
  const without = (...left: number[]) => training.filter((_, i) => !left.includes(i)).flat()
  // A model without two sets serves both as outer sets, so it is fitted once.
  const kept = new Map<string, ReturnType<typeof fitLiveness>>()
  const stateOf = (i: number, j: number, choice: Choice, c: number) => {
    const key = `${Math.min(i, j)} ${Math.max(i, j)} ${c}`
    const state = kept.get(key) ?? fitLiveness(choice.without, choice.penalty, rowsOf(without(i, j)))
    kept.set(key, state)
    return state
  }
  return sets.map((set, i): JudgedFold => {
    const options = tried.map((choice, c) => {
      const inner = training.flatMap((other, j) => {
        if (j === i) return []
        const rows = rowsOf(other)
        return [{ other, labels: rows.labels, scores: rawScores(stateOf(i, j, choice, c), rows) }]
      })
      const state = fitLiveness(choice.without, choice.penalty, rowsOf(without(i)))
      const scores = inner.flatMap((one) => [...one.scores])
      const labels = Uint8Array.from(inner.flatMap((one) => [...one.labels]))
      const perImage = rowsPerImage(contract)
      const { slope, offset } = calibration(scores, labels)
      const model = linearModel({ ...state, slope, offset })
      const images = inner.flatMap(({ other, scores }) =>
        other.map((image, k) => ({
          label: labelOf(image),
          score: probability(slope * mean(scores.subarray(k * perImage, (k + 1) * perImage)) + offset),
        })),
      )
      const of = (label: 0 | 1) =>
        Float64Array.from(images.filter((one) => one.label === label).map((one) => one.score))
      return { choice, model, genuine: of(1), attacks: of(0) }
    })
    const best = options.reduce((least, next) => (lossOf(next) < lossOf(least) ? next : least))
    const threshold = chooseThreshold({ kind: "eer" }, best.genuine, best.attacks, "other fingers of the training part")
    const judged = set.filter(({ sample }) => judges(sample))
    logLine(`set ${i + 1} of ${sets.length}: ${JSON.stringify(best.choice)}`)
    return {
      choice: best.choice,
      model: best.model,
      threshold,
      samples: set.map(({ sample }) => sample),
      judged: judgedBy({ model: best.model, threshold }, judged),
    }
  })
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
const probability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))

/** Mean logarithmic loss, both classes weighing the same: what the inner scores choose by. */
function lossOf({ genuine, attacks }: { readonly genuine: Float64Array; readonly attacks: Float64Array }): number {
  const least = 1e-9
  const loss = (scores: Float64Array, of: (p: number) => number) =>
    mean(scores.map((p) => -Math.log(Math.max(least, of(p)))))
  return loss(genuine, (p) => p) + loss(attacks, (p) => 1 - p)
}

/** A judged image as `presentationFigures` takes it. */
export const asPresentation = ({ sample, score, accepted }: JudgedFold["judged"][number]) => ({
  score,
  accepted,
  species: sample.presentation === "bona-fide" ? undefined : presentationOf(sample),
  group: sample.subject,
})
