import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { Rng } from "@sourceprint/core/rng.js"
import { usablePixels } from "@sourceprint/model/features/sensor-marks.js"
import { alignToUnit, emptyPattern, enrolInUnit, type UnitPattern } from "@sourceprint/model/features/unit-pattern.js"
import { unitResidual } from "@sourceprint/model/features/unit-residual.js"
import { regionOf } from "@sourceprint/model/view/patches.js"

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
  /** Images by the shift of their last rows against the pattern of the unit. */
  readonly states: ReadonlyMap<number, number>
}

/** Enrolment from `count` images of one state of read-out, probes of other people in other states, impostors from
 *  another unit. The state of an image is the number of rows by which its last band lies off a pattern of `many` images
 *  of the enrolling half of the people. Empty score sets where the unit has one state. */
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
  const states = new Map<number, number>()
  for (let draw = 0; draw < draws; draw++) {
    const people = rng.shuffled([...new Set(own.map(({ person }) => person))].sort())
    const enrolling = new Set(people.slice(0, people.length >> 1))
    const known = rng.shuffled(owns.filter(({ person }) => enrolling.has(person)))
    const reference = enrol(known.slice(0, many))
    const stateOf = (values: Float32Array): number => alignToUnit(reference, values).shifts.at(-1) ?? 0
    const withState = owns.map((one) => ({ ...one, state: stateOf(one.values) }))
    if (draw === 0) for (const { state } of withState) states.set(state, (states.get(state) ?? 0) + 1)
    for (const state of [...states.keys()].sort((a, b) => a - b)) {
      const enrolment = rng
        .shuffled(withState.filter((one) => one.state === state && enrolling.has(one.person)))
        .slice(0, count)
      if (enrolment.length < count) continue
      const pattern = enrol(enrolment)
      for (const one of withState)
        if (one.state !== state && !enrolling.has(one.person)) genuine.push(alignToUnit(pattern, one.values).score)
      for (const { values } of others) impostor.push(alignToUnit(pattern, values).score)
    }
  }
  return { genuine: Float64Array.from(genuine), impostor: Float64Array.from(impostor), states }
}

export const eerOf = ({ genuine, impostor }: AcrossStates): number =>
  genuine.length === 0 ? Number.NaN : equalErrorRate(errorCurve(genuine, impostor))
