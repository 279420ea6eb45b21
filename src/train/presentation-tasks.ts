import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import { BONA_FIDE } from "@sourceprint/model/predictor.js"

/** What makes a task one of presentations (ISO/IEC 30107-3). */
export interface PresentationTask {
  /** A species of attack that is judged and neither trained on nor used for the threshold. */
  readonly unseen?: string
}

interface NamedTask {
  readonly id: string
  readonly target: string
  readonly others: readonly string[]
  readonly presentation: PresentationTask
}

/** Kind of presentation of a labelled sample: `bona fide`, or the species of the attack where it is stated. */
export const presentationOf = ({ presentation, species = "attack" }: Sample): string =>
  presentation === "bona-fide" ? BONA_FIDE : species

/** Every kind of presentation among the labelled samples, sorted. */
export const presentationKinds = (samples: readonly Sample[]): string[] =>
  [...new Set(samples.flatMap((sample) => (sample.presentation === undefined ? [] : [presentationOf(sample)])))].sort()

/** All attacks together; then, where it is asked, each species unseen.
 *  @throws AppError "plan/presentation" where the dataset lacks what the question needs */
export function presentationTasks(
  attacks: "together" | "leave-one-species-out",
  kinds: readonly string[],
): NamedTask[] {
  const species = kinds.filter((kind) => kind !== BONA_FIDE)
  const missing = !kinds.includes(BONA_FIDE) ? "bona fide presentation" : species.length === 0 ? "attack" : undefined
  if (missing !== undefined)
    throw new AppError(
      "plan/presentation",
      `the dataset has no ${missing}; "sourceprint data import --presentation" labels a folder`,
    )
  const all: NamedTask = { id: `${BONA_FIDE} vs attacks`, target: BONA_FIDE, others: species, presentation: {} }
  if (attacks === "together") return [all]
  if (species.length < 2)
    throw new AppError(
      "plan/presentation",
      `leave-one-species-out needs attacks of two species; the dataset has ${species.join(", ")} ` +
        '("sourceprint data import --species" names one)',
    )
  return [
    all,
    ...species.map((unseen) => ({
      id: `${BONA_FIDE} vs unseen ${unseen}`,
      target: BONA_FIDE,
      others: [unseen],
      presentation: { unseen },
    })),
  ]
}

/** What a side keeps of its samples: with an unseen species, eval has that species alone and the others do without. */
export const presentationSide = (
  samples: readonly Sample[],
  side: "train" | "dev" | "eval",
  { unseen }: PresentationTask = {},
): Sample[] =>
  samples.filter(
    (sample) =>
      unseen === undefined ||
      sample.presentation === "bona-fide" ||
      (presentationOf(sample) === unseen) === (side === "eval"),
  )
