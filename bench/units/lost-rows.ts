import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { Rng } from "@sourceprint/core/rng.js"
import { usablePixels } from "@sourceprint/model/features/sensor-marks.js"
import {
  type Alignment,
  alignToUnit,
  emptyPattern,
  enrolInUnit,
  type UnitPattern,
} from "@sourceprint/model/features/unit-pattern.js"
import { unitResidual } from "@sourceprint/model/features/unit-residual.js"
import { regionOf } from "@sourceprint/model/view/patches.js"

/** Far above what an unrelated image reaches (0.6 ± 0.8); images of the unit lie above it on a pattern of many. */
const UNRELATED = 8

/** Share of bands that lie elsewhere in another state. */
const APART = 0.2

/** An image with the person before its first `_`. */
export interface UnitImage {
  readonly person: string
  readonly image: GrayImage
}

/** The middle `sidePx` square of every image of a folder. */
export async function unitImages(folder: string, sidePx: number): Promise<UnitImage[]> {
  const names = (await readdir(folder)).sort()
  return await Promise.all(
    names.map(async (name) => ({
      person: name.split("_")[0],
      image: regionOf(await readGrayImage(join(folder, name)), { kind: "sensor-window", sidePx }),
    })),
  )
}

export interface AcrossStates {
  readonly genuine: Float64Array
  readonly impostor: Float64Array
  /** Images of each state, the most frequent first. */
  readonly states: readonly number[]
  /** Images that do not show the unit's pattern, whose state nobody knows: in no score set. */
  readonly unknown: number
  /** Scores of such images of the probing people, which are genuine if the labels are right. */
  readonly withoutState: Float64Array
}

/** Enrolment from `count` images of one state of read-out, probes of other people in other states, impostors from
 *  another unit. Images are of one state where most bands of rows lie alike on a pattern of `many` images of the
 *  enrolling half of the people. Empty score sets where the unit has one state. */
export function acrossStates(
  own: readonly UnitImage[],
  other: readonly UnitImage[],
  { count, many, draws }: { readonly count: number; readonly many: number; readonly draws: number },
): AcrossStates {
  const [{ image: first }] = own
  const usable = usablePixels(own.map(({ image }) => image))
  for (const [i, keep] of usablePixels(other.map(({ image }) => image)).entries()) usable[i] &= keep
  const residual = ({ person, image }: UnitImage) => ({ person, values: unitResidual(image, usable) })
  const [owns, others] = [own.map(residual), other.map(residual)]
  const enrol = (images: readonly { values: Float32Array }[]): UnitPattern =>
    images.reduce((known, { values }) => enrolInUnit(known, values), emptyPattern(first.width, first.height))
  const rng = new Rng("across states")
  const genuine: number[] = []
  const impostor: number[] = []
  const withoutState: number[] = []
  let states: number[] = []
  let unknown = 0
  for (let draw = 0; draw < draws; draw++) {
    const people = rng.shuffled([...new Set(own.map(({ person }) => person))].sort())
    const enrolling = new Set(people.slice(0, people.length >> 1))
    const known = rng.shuffled(owns.filter(({ person }) => enrolling.has(person)))
    const reference = enrol(known.slice(0, many))
    const kinds: (readonly number[])[] = []
    const withState = owns.map((one) => ({ ...one, state: stateIn(kinds, alignToUnit(reference, one.values)) }))
    if (draw === 0) {
      const count = (wanted: number | undefined): number => withState.filter(({ state }) => state === wanted).length
      states = kinds.map((_, kind) => count(kind)).sort((a, b) => b - a)
      unknown = count(undefined)
    }
    for (const state of kinds.keys()) {
      const enrolment = rng
        .shuffled(withState.filter((one) => one.state === state && enrolling.has(one.person)))
        .slice(0, count)
      if (enrolment.length < count) continue
      const pattern = enrol(enrolment)
      for (const one of withState.filter((probe) => probe.state !== state && !enrolling.has(probe.person))) {
        const scores = one.state === undefined ? withoutState : genuine
        scores.push(alignToUnit(pattern, one.values).score)
      }
      for (const { values } of others) impostor.push(alignToUnit(pattern, values).score)
    }
  }
  return {
    genuine: Float64Array.from(genuine),
    impostor: Float64Array.from(impostor),
    states,
    unknown,
    withoutState: Float64Array.from(withoutState),
  }
}

/** Index of the state in `kinds`, to which a new one is added; undefined for an image that does not lie on the
 *  pattern. */
function stateIn(kinds: (readonly number[])[], { score, shifts }: Alignment): number | undefined {
  if (score < UNRELATED) return undefined
  const apart = (kind: readonly number[]): number =>
    shifts.filter((shift, band) => shift !== kind[band]).length / shifts.length
  const known = kinds.findIndex((kind) => apart(kind) < APART)
  return known === -1 ? kinds.push(shifts) - 1 : known
}

export const eerOf = ({ genuine, impostor }: Pick<AcrossStates, "genuine" | "impostor">): number =>
  genuine.length === 0 ? Number.NaN : equalErrorRate(errorCurve(genuine, impostor))
