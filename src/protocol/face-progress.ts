import type { ByteReader } from "./byte-reader.js"
import { f64, u8 } from "./message-fields.js"

/** What becomes of a face capture, told while the server judges it: how far the pictures are looked at, whatever is
 *  found in them, and after a pass each check with its value. docs/protocol.md section 13 */
export const FaceStage = { looked: 1, check: 2 } as const

/** The checks in the order in which they are told. */
export const FaceCheck = { integrity: 1, freshness: 2, liveness: 3, person: 4, face: 5 } as const
export type FaceCheck = (typeof FaceCheck)[keyof typeof FaceCheck]

export type FaceProgress =
  | {
      readonly stage: typeof FaceStage.looked
      /** Pictures looked at so far, at most `total`. */
      readonly done: number
      /** At least 1. */
      readonly total: number
    }
  | {
      readonly stage: typeof FaceStage.check
      readonly check: FaceCheck
      /** integrity: 1; freshness: age in ms, at most the threshold; the others: scores, at least the threshold. */
      readonly value: number
      readonly threshold: number
    }

export function encodeFaceProgress(progress: FaceProgress): Uint8Array[] {
  const stage = u8(progress.stage)
  return progress.stage === FaceStage.looked
    ? [stage, u8(progress.done), u8(progress.total)]
    : [stage, u8(progress.check), f64(progress.value), f64(progress.threshold)]
}

/** The caller asks the reader whether all was there and as it has to be. */
export function readFaceProgress(reader: ByteReader): FaceProgress {
  const stage = reader.u8()
  if (stage === FaceStage.looked) {
    const [done, total] = [reader.u8(), reader.u8()]
    reader.require(total >= 1 && done <= total)
    return { stage, done, total }
  }
  reader.require(stage === FaceStage.check)
  const check = reader.u8()
  reader.require(check >= FaceCheck.integrity && check <= FaceCheck.face)
  const [value, threshold] = [reader.f64(), reader.f64()]
  reader.require(Number.isFinite(value) && Number.isFinite(threshold))
  return { stage: FaceStage.check, check: check as FaceCheck, value, threshold }
}
