import { u32 } from "@sourceprint/core/bytes.js"
import type { ByteReader } from "./byte-reader.js"
import { blob32, f64, readId, readName, str8, u8 } from "./message-fields.js"

/** What happens at a linked scanner, told to the browser that waits for it; `touch` and `ended` go to the device too,
 *  which says them to the person in front of it. docs/protocol.md section 12 */
export const Stage = { waiting: 1, touch: 2, capturing: 3, image: 4, check: 5, unable: 6, ended: 7 } as const

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

export interface TouchRequest {
  readonly stage: typeof Stage.touch
  readonly scannerId: string
  /** The account that signs in or up, as typed. */
  readonly name: string
  readonly purpose: Purpose
  /** Shown at both ends: who touches compares it with the one in their own browser. */
  readonly code: string
  readonly windowMs: number
  readonly remaining: number
}

export type Progress =
  | { readonly stage: typeof Stage.waiting; readonly ahead: number }
  | TouchRequest
  | { readonly stage: typeof Stage.capturing }
  | {
      readonly stage: typeof Stage.image
      /** False: an outline without ridges; true: the capture itself. */
      readonly whole: boolean
      /** A BMP, at most `MAX_PROGRESS_IMAGE_BYTES`. */
      readonly image: Uint8Array
    }
  | {
      readonly stage: typeof Stage.check
      readonly check: Check
      /** integrity: 1; freshness: age in ms, at most the threshold; quality, finger: score; scanner: probability. */
      readonly value: number
      readonly threshold: number
    }
  | { readonly stage: typeof Stage.unable; readonly reason: Unable }
  | { readonly stage: typeof Stage.ended; readonly end: JobEnd }

export const MAX_PROGRESS_IMAGE_BYTES = 128 * 1024

export function encodeProgress(progress: Progress): Uint8Array[] {
  const stage = u8(progress.stage)
  switch (progress.stage) {
    case Stage.waiting:
      return [stage, u8(progress.ahead)]
    case Stage.touch:
      return [
        stage,
        str8(progress.scannerId),
        str8(progress.name),
        u8(progress.purpose),
        str8(progress.code),
        u32(progress.windowMs),
        u8(progress.remaining),
      ]
    case Stage.capturing:
      return [stage]
    case Stage.image:
      return [stage, u8(progress.whole ? 1 : 0), blob32(progress.image)]
    case Stage.check:
      return [stage, u8(progress.check), f64(progress.value), f64(progress.threshold)]
    case Stage.unable:
      return [stage, u8(progress.reason)]
    case Stage.ended:
      return [stage, u8(progress.end)]
  }
}

/** A small code from 1 to `last`. */
function readCode<Code extends number>(reader: ByteReader, last: Code): Code {
  const code = reader.u8()
  reader.require(code >= 1 && code <= last)
  return code as Code
}

function readFinite(reader: ByteReader): number {
  const value = reader.f64()
  reader.require(Number.isFinite(value))
  return value
}

export function readProgress(reader: ByteReader): Progress {
  const stage = readCode<Progress["stage"]>(reader, Stage.ended)
  switch (stage) {
    case Stage.waiting:
      return { stage, ahead: reader.u8() }
    case Stage.touch: {
      const scannerId = readId(reader)
      const name = readName(reader)
      const purpose = readCode<Purpose>(reader, Purpose.signUp)
      const code = reader.str8()
      reader.require(/^[0-9]{4}$/.test(code))
      return { stage, scannerId, name, purpose, code, windowMs: reader.u32(), remaining: reader.u8() }
    }
    case Stage.capturing:
      return { stage }
    case Stage.image: {
      const whole = reader.u8()
      reader.require(whole <= 1)
      const image = reader.blob32()
      reader.require(image.length <= MAX_PROGRESS_IMAGE_BYTES)
      return { stage, whole: whole === 1, image }
    }
    case Stage.check: {
      const check = readCode<Check>(reader, Check.scanner)
      return { stage, check, value: readFinite(reader), threshold: readFinite(reader) }
    }
    case Stage.unable:
      return { stage, reason: readCode<Unable>(reader, Unable.unlinked) }
    case Stage.ended:
      return { stage, end: readCode<JobEnd>(reader, JobEnd.cancelled) }
  }
}
