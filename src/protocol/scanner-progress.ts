import {
  accountName,
  blob32,
  code,
  f64,
  flag,
  str8,
  type UnionOf,
  u8,
  u32,
  union,
  where,
  wordId,
  wordsOf,
} from "./codec.js"

export const Purpose = { signIn: 1, signUp: 2 } as const
export type Purpose = (typeof Purpose)[keyof typeof Purpose]

/** The checks in the order in which they are told. */
export const Check = { integrity: 1, freshness: 2, quality: 3, finger: 4, scanner: 5 } as const
export type Check = (typeof Check)[keyof typeof Check]

/** Why no capture came; nothing was used up. */
export const Unable = { noFinger: 1, noScanner: 2, declined: 3, unlinked: 4 } as const
export type Unable = (typeof Unable)[keyof typeof Unable]

/** What became of a capture, for the device. */
export const JobEnd = { accepted: 1, refused: 2, again: 3, cancelled: 4 } as const
export type JobEnd = (typeof JobEnd)[keyof typeof JobEnd]

export const MAX_PROGRESS_IMAGE_BYTES = 128 * 1024

/** A touch has to reach the server before its challenge expires. */
const TRANSFER_RESERVE_MS = 5_000

/** How long a person has for the touch, of a challenge's `windowMs`: the rest is for the way to the server. */
export const touchTimeMs = (windowMs: number): number => Math.max(windowMs / 2, windowMs - TRANSFER_RESERVE_MS)

/** What `remaining` of a challenge counts: the tries left of a sign-in, the touches that a sign-up still needs. */
export function remainingWords(purpose: Purpose, remaining: number): string {
  if (purpose === Purpose.signUp) return remaining === 1 ? "1 touch still needed" : `${remaining} touches still needed`
  return remaining === 1 ? "last try" : `${remaining} tries left`
}

/** What happens at a linked scanner, told to the browser that waits for it; `touch` and `ended` go to the device too,
 *  which says them to the person in front of it. docs/protocol.md section 12 */
const stages = {
  waiting: [1, { ahead: u8 }],
  touch: [
    2,
    {
      scannerId: wordId,
      /** The account that signs in or up, as typed. */
      name: accountName,
      purpose: code(Purpose),
      /** Shown at both ends: who touches compares it with the one in their own browser. */
      code: where(str8, (text) => /^[0-9]{4}$/.test(text), "four digits"),
      windowMs: u32,
      remaining: u8,
    },
  ],
  capturing: [3, {}],
  image: [
    4,
    {
      /** False: an outline without ridges; true: the capture itself. */
      whole: flag,
      /** A BMP. */
      image: blob32(MAX_PROGRESS_IMAGE_BYTES),
    },
  ],
  check: [
    5,
    {
      check: code(Check),
      /** integrity: 1; freshness: age in ms, at most the threshold; quality, finger: score; scanner: probability. */
      value: f64,
      threshold: f64,
    },
  ],
  unable: [6, { reason: code(Unable) }],
  ended: [7, { end: code(JobEnd) }],
} as const
export const Stage = wordsOf(stages)
export type Progress = UnionOf<typeof stages, "stage">
export type TouchRequest = Extract<Progress, { stage: "touch" }>
export const progress = union(stages, "stage")
