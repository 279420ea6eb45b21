import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { groupOf } from "@sourceprint/core/dataset/splits.js"
import { AppError } from "@sourceprint/core/errors.js"
import { grouped } from "@sourceprint/core/grouped.js"

/** A finger that a trial enrols, with paths of images. */
export interface PresentedFinger {
  readonly name: string
  readonly scanner: string
  /** As many as an enrolment takes, offered in this order. */
  readonly enrolment: readonly string[]
  /** Other images of the finger itself; offered too where the server asks for another touch in the enrolment. */
  readonly bonaFide: readonly string[]
  readonly attacks: readonly { readonly path: string; readonly species: string }[]
}

export interface PresentedSet {
  readonly fingers: readonly PresentedFinger[]
  /** Attacks on fingers that have too few images of their own to be enrolled. */
  readonly attacksLeftOut: number
}

/** Fingers of a dataset that can be enrolled with their own images, in the order of `samples`.
 *  @param folder of the dataset @param enrolWith images that an enrolment takes
 *  @throws AppError "split/unlabelled" for an image of nobody's finger */
export function presentedFingers(samples: readonly Sample[], folder: string, enrolWith: number): PresentedSet {
  const byFinger = grouped(
    samples.filter(({ presentation }) => presentation !== undefined),
    (sample) => `${sample.scanner} ${groupOf(sample, "finger")}`,
  )
  const pathOf = ({ path }: Sample): string => join(folder, path)
  let attacksLeftOut = 0
  const fingers: PresentedFinger[] = []
  for (const [name, own] of byFinger) {
    const bonaFide = own.filter(({ presentation }) => presentation === "bona-fide").map(pathOf)
    const attacks = own
      .filter(({ presentation }) => presentation === "attack")
      .map((sample) => ({ path: pathOf(sample), species: sample.species ?? "attack" }))
    if (bonaFide.length < enrolWith) attacksLeftOut += attacks.length
    else
      fingers.push({
        name,
        scanner: own[0]?.scanner ?? "",
        enrolment: bonaFide.slice(0, enrolWith),
        bonaFide: bonaFide.slice(enrolWith),
        attacks,
      })
  }
  return { fingers, attacksLeftOut }
}

/** @throws AppError "trial/presentations" unless a finger can be enrolled and there is a presentation after that */
export function requirePresentations({ fingers }: PresentedSet, folder: string, enrolWith: number): void {
  if (fingers.some(({ bonaFide }) => bonaFide.length > 0) && fingers.some(({ attacks }) => attacks.length > 0)) return
  throw new AppError(
    "trial/presentations",
    `${folder} needs a finger with more than ${enrolWith} bona fide images, and attacks on a finger with ` +
      `${enrolWith}; "sourceprint data import --presentation" labels a folder's images`,
  )
}
