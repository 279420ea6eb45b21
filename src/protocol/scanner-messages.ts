import { u16, u32, u64 } from "@sourceprint/core/bytes.js"
import { canonicalName, isId } from "./account-name.js"
import type { ByteReader } from "./byte-reader.js"
import { type DeviceProof, encodeDeviceProof, readDeviceProof } from "./device-proof.js"
import { readId, str8, u8 } from "./message-fields.js"
import { MessageType } from "./message-type.js"
import { encodeProgress, type Progress, readProgress } from "./scanner-progress.js"

/** Messages of linked scanners. docs/protocol.md section 12 */
export const DeviceState = { alive: 1, capturing: 2, noFinger: 3, noScanner: 4, declined: 5 } as const
export type DeviceState = (typeof DeviceState)[keyof typeof DeviceState]

/** One linked scanner as a browser sees it. */
export interface ScannerEntry {
  readonly scannerId: string
  /** What its keeper calls it ("front desk"); may be empty. */
  readonly words: string
  /** Sign-ins at it or waiting for it. */
  readonly busy: number
}

export type ScannerClientMessage =
  | {
      readonly type: typeof MessageType.linkDevice
      readonly clientTimeMs: number
      readonly proof: DeviceProof
      readonly words: string
    }
  /** Empty: the only one that is linked. */
  | { readonly type: typeof MessageType.chooseScanner; readonly scannerId: string }
  | {
      readonly type: typeof MessageType.deviceState
      readonly state: DeviceState
      /** By the device's clock, ms since 1970. */
      readonly clientTimeMs: number
      /** What it is about; zero for `alive`. 32 bytes */
      readonly challenge: Uint8Array
    }

export type ScannerServerMessage =
  | {
      readonly type: typeof MessageType.scanners
      /** Captures that are still allowed (sign-in) or needed (sign-up). */
      readonly remaining: number
      readonly scanners: readonly ScannerEntry[]
    }
  | { readonly type: typeof MessageType.progress; readonly progress: Progress }
  | {
      readonly type: typeof MessageType.linked
      readonly serverTimeMs: number
      /** The next one follows within this time; twice as long in silence means that the server is gone. */
      readonly everyMs: number
    }

export type ScannerMessage = ScannerClientMessage | ScannerServerMessage

export function scannerFields(message: ScannerMessage): Uint8Array[] {
  switch (message.type) {
    case MessageType.linkDevice:
      return [u64(message.clientTimeMs), encodeDeviceProof(message.proof), str8(message.words)]
    case MessageType.chooseScanner:
      return [str8(message.scannerId)]
    case MessageType.deviceState:
      return [u8(message.state), u64(message.clientTimeMs), message.challenge]
    case MessageType.scanners:
      return [
        u8(message.remaining),
        u16(message.scanners.length),
        ...message.scanners.flatMap(({ scannerId, words, busy }) => [str8(scannerId), str8(words), u8(busy)]),
      ]
    case MessageType.progress:
      return encodeProgress(message.progress)
    case MessageType.linked:
      return [u64(message.serverTimeMs), u32(message.everyMs)]
  }
}

/** Words that may be shown to anybody: a canonical name, or nothing. */
function readWords(reader: ByteReader): string {
  const words = reader.str8()
  reader.require(words === "" || canonicalName(words) === words)
  return words
}

/** The fields of a message of this group; the caller asks the reader whether they were all there. */
export function readScannerMessage(reader: ByteReader, type: ScannerMessage["type"]): ScannerMessage {
  switch (type) {
    case MessageType.linkDevice:
      return { type, clientTimeMs: reader.u64(), proof: readDeviceProof(reader), words: readWords(reader) }
    case MessageType.chooseScanner: {
      const scannerId = reader.str8()
      reader.require(scannerId === "" || isId(scannerId))
      return { type, scannerId }
    }
    case MessageType.deviceState: {
      const state = reader.u8()
      reader.require(state >= DeviceState.alive && state <= DeviceState.declined)
      return { type, state: state as DeviceState, clientTimeMs: reader.u64(), challenge: reader.fixed(32) }
    }
    case MessageType.scanners: {
      const remaining = reader.u8()
      const count = reader.u16()
      const scanners: ScannerEntry[] = []
      for (let i = 0; i < count && !reader.isBroken; i++) {
        scanners.push({ scannerId: readId(reader), words: readWords(reader), busy: reader.u8() })
      }
      return { type, remaining, scanners }
    }
    case MessageType.progress:
      return { type, progress: readProgress(reader) }
    case MessageType.linked:
      return { type, serverTimeMs: reader.u64(), everyMs: reader.u32() }
  }
}

export const isScannerMessage = (type: number): type is ScannerMessage["type"] =>
  type === MessageType.linkDevice ||
  type === MessageType.chooseScanner ||
  type === MessageType.deviceState ||
  type === MessageType.scanners ||
  type === MessageType.progress ||
  type === MessageType.linked
