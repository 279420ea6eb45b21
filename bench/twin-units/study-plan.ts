/** The study of Must show 5, as numbers: which unit of one model took an image, from how many enrolment images, and
 *  how that fades as the units grow alike. Simulated throughout. */
export interface StudyPlan {
  readonly seed: number
  readonly units: number
  /** Factors on every difference between units; 1 is what real units of this class show (scanner-settings.ts). */
  readonly strengths: readonly number[]
  /** Enrolment images a unit, rising; each from another person as far as they go. */
  readonly enrolCounts: readonly number[]
  /** People who only enrol units (session 1), and people who only probe them (session 2). */
  readonly enrolPeople: number
  readonly probePeople: number
  /** Touches of each person on each unit. */
  readonly impressions: number
}

export const fullStudy: StudyPlan = {
  seed: 20,
  units: 10,
  strengths: [0, 0.1, 0.2, 0.3, 0.5, 1],
  enrolCounts: [1, 2, 4, 8, 16, 32],
  enrolPeople: 16,
  probePeople: 16,
  impressions: 2,
}

export const bitDepths = [4, 8] as const
export type BitDepth = (typeof bitDepths)[number]

/** Scores of one setting: a row a probe, a column a unit. */
export interface UnitScores {
  readonly strength: number
  readonly bits: BitDepth
  readonly enrolCount: number
  readonly probes: readonly {
    readonly person: string
    readonly unit: number
    readonly scores: readonly number[]
  }[]
}
