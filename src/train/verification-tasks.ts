import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { groupOf } from "@sourceprint/core/dataset/splits.js"
import type { Rng } from "@sourceprint/core/rng.js"

/** What makes a task one of verification: the target is enrolled from so many images, others are only judged. */
export interface VerificationTask {
  readonly enrolmentImages: number
  /** The control: both answers are of the target, from one half of its people each. */
  readonly splitUnit?: true
}

/** What the impostors of the control are called. */
export const otherHalf = (target: string): string => `${target}, other half`

interface NamedTask {
  readonly id: string
  readonly target: string
  readonly others: readonly string[]
  readonly verification: VerificationTask
}

/** Each target with each number of images, and its control with the largest. */
export function verificationTasks(
  targets: readonly string[],
  scanners: readonly string[],
  enrolmentImages: readonly number[],
  splitUnit: boolean,
): NamedTask[] {
  const images = (count: number): string => (count === 1 ? "1 image" : `${count} images`)
  const most = Math.max(...enrolmentImages)
  return targets.flatMap((target) => [
    ...enrolmentImages.map((count) => ({
      id: `${target} from ${images(count)}`,
      target,
      others: scanners.filter((name) => name !== target),
      verification: { enrolmentImages: count },
    })),
    ...(splitUnit
      ? [
          {
            id: `${target} split in two, from ${images(most)}`,
            target,
            others: [otherHalf(target)],
            verification: { enrolmentImages: most, splitUnit: true as const },
          },
        ]
      : []),
  ])
}

/** Paths of one half of a unit's images on one side of the split: half of the people, or of the fingers where all are
 *  of one person. */
export function halfOf(samples: readonly Sample[], rng: Rng): Set<string> {
  const people = new Set(samples.map((sample) => groupOf(sample, "subject")))
  const by = people.size > 1 ? "subject" : "finger"
  const groups = [...new Set(samples.map((sample) => groupOf(sample, by)))].sort()
  const half = new Set(rng.shuffled(groups).slice(0, Math.ceil(groups.length / 2)))
  return new Set(samples.filter((sample) => half.has(groupOf(sample, by))).map(({ path }) => path))
}
