/** Everything that goes wrong between a module and its host, by name. A fault changes the frames of one reply on their
 *  way to the line; it never touches what the twin sensed. */
import { concat } from "@sourceprint/core/bytes.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { Confirmation, Instruction } from "../../r307/constants.js"
import { garbled } from "./garbled.js"

/** One step of what reaches the line. */
export type Emission =
  | { readonly does: "send"; readonly bytes: Uint8Array }
  | { readonly does: "unplug" }
  | { readonly does: "pause"; readonly ms: number }

export interface Fault {
  readonly name: string
  readonly summary: string
  /** The only instruction whose reply can suffer it; absent: any. */
  readonly on?: number
  /** How many such replies in a row suffer it; absent: one. */
  readonly replies?: number
  /** What a driver must make of it: the right image, or an error with this code. */
  readonly expect: "recovers" | `${string}/${string}`
  /** Frames of one reply in order, the acknowledgement first. */
  emit(frames: readonly Uint8Array[], rng: Rng): readonly Emission[]
}

const send = (bytes: Uint8Array): Emission => ({ does: "send", bytes })
const sendAll = (frames: readonly Uint8Array[]): Emission[] => frames.map(send)
const noise = (rng: Rng, sizeBytes: number): Uint8Array => Uint8Array.from({ length: sizeBytes }, () => rng.below(256))
/** Any frame behind the acknowledgement, or the acknowledgement where it is alone. */
const someFrame = (frames: readonly Uint8Array[], rng: Rng): number =>
  frames.length === 1 ? 0 : 1 + rng.below(frames.length - 1)
const replaced = (frames: readonly Uint8Array[], at: number, ...by: Uint8Array[]): Uint8Array[] => [
  ...frames.slice(0, at),
  ...by,
  ...frames.slice(at + 1),
]

/** The frames with one of them changed. */
const changing =
  (change: (frame: Uint8Array, rng: Rng) => Uint8Array): Fault["emit"] =>
  (frames, rng) => {
    const at = someFrame(frames, rng)
    return sendAll(replaced(frames, at, change(frames[at].slice(), rng)))
  }

function flip(frame: Uint8Array, rng: Rng, flips: number): Uint8Array {
  for (let i = 0; i < flips; i++) frame[rng.below(frame.length)] ^= 1 << rng.below(8)
  return frame
}

/** The bytes of all frames, cut after a random one behind the acknowledgement. */
function cutAnywhere(frames: readonly Uint8Array[], rng: Rng): Uint8Array {
  const all = concat(frames)
  const from = frames.length === 1 ? 0 : frames[0].length
  return all.subarray(0, from + rng.below(all.length - from))
}

export const faults: readonly Fault[] = [
  {
    name: "noise-before",
    summary: "random bytes before the reply",
    expect: "recovers",
    emit: (frames, rng) => [send(noise(rng, 1 + rng.below(40))), ...sendAll(frames)],
  },
  {
    name: "false-header",
    summary: "a header with a length but no frame before the reply",
    expect: "recovers",
    emit: (frames) => [send(Uint8Array.of(0xef, 0x01, 255, 255, 255, 255, 7, 0, 9)), ...sendAll(frames)],
  },
  {
    name: "noise-between",
    summary: "random bytes between two frames",
    expect: "recovers",
    emit: (frames, rng) => {
      const at = someFrame(frames, rng)
      return sendAll(replaced(frames, at, noise(rng, 1 + rng.below(20)), frames[at]))
    },
  },
  {
    name: "noise-inside",
    summary: "random bytes inside a frame",
    expect: "recovers",
    emit: changing((frame, rng) => {
      const at = 1 + rng.below(frame.length - 1)
      return concat([frame.subarray(0, at), noise(rng, 1 + rng.below(8)), frame.subarray(at)])
    }),
  },
  {
    name: "dropped-byte",
    summary: "one byte of a frame is lost",
    expect: "recovers",
    emit: changing((frame, rng) => {
      const at = rng.below(frame.length)
      return concat([frame.subarray(0, at), frame.subarray(at + 1)])
    }),
  },
  {
    name: "flipped-bit",
    summary: "one bit of a frame is flipped",
    expect: "recovers",
    emit: changing((frame, rng) => flip(frame, rng, 1)),
  },
  {
    name: "flipped-bits",
    summary: "about one bit in 2,000 of the whole reply is flipped",
    expect: "recovers",
    emit: (frames, rng) =>
      frames.map((frame) => send(flip(frame.slice(), rng, rng.float() < (frame.length * 8) / 2000 ? 1 : 0))),
  },
  {
    name: "wrong-checksum",
    summary: "a frame with a wrong sum",
    expect: "recovers",
    emit: changing((frame, rng) => frame.with(frame.length - 1, frame[frame.length - 1] ^ (1 + rng.below(255)))),
  },
  {
    name: "wrong-length",
    summary: "a frame whose length field is wrong",
    expect: "recovers",
    emit: changing((frame, rng) => frame.with(8, (frame[8] + 1 + rng.below(200)) & 0xff)),
  },
  {
    name: "lost-frame",
    summary: "a frame is lost, the others arrive",
    expect: "recovers",
    emit: (frames, rng) => sendAll(replaced(frames, someFrame(frames, rng))),
  },
  {
    name: "short-image",
    summary: "the last frames before the end packet are missing",
    expect: "recovers",
    emit: (frames, rng) =>
      sendAll([...frames.slice(0, Math.max(1, frames.length - 2 - rng.below(5))), ...frames.slice(-1)]),
  },
  {
    name: "long-image",
    summary: "frames in the middle arrive twice",
    expect: "recovers",
    emit: (frames, rng) => {
      const at = someFrame(frames.slice(0, -1).length > 1 ? frames.slice(0, -1) : frames, rng)
      return sendAll(replaced(frames, at, frames[at], frames[at]))
    },
  },
  {
    name: "silence",
    summary: "the reply stops at some byte",
    expect: "recovers",
    emit: (frames, rng) => [send(cutAnywhere(frames, rng))],
  },
  {
    name: "no-reply",
    summary: "the command is not answered",
    expect: "recovers",
    emit: () => [],
  },
  {
    name: "pause",
    summary: "the reply pauses for 300 ms, within every deadline",
    expect: "recovers",
    emit: (frames, rng) => {
      const at = someFrame(frames, rng)
      return [...sendAll(frames.slice(0, at)), { does: "pause", ms: 300 }, ...sendAll(frames.slice(at))]
    },
  },
  {
    name: "split-packets",
    summary: "the reply arrives in pieces of 1 to 9 bytes",
    expect: "recovers",
    emit: (frames, rng) => {
      const all = concat(frames)
      const pieces: Emission[] = []
      for (let at = 0; at < all.length; ) {
        const end = at + 1 + rng.below(9)
        pieces.push(send(all.subarray(at, end)))
        at = end
      }
      return pieces
    },
  },
  {
    name: "merged-packets",
    summary: "the whole reply arrives at once",
    expect: "recovers",
    emit: (frames) => [send(concat(frames))],
  },
  {
    name: "wrong-baud",
    summary: "the reply comes as if at another speed",
    expect: "recovers",
    emit: (frames) => frames.map((frame) => send(garbled(frame))),
  },
  {
    name: "slow-finger",
    summary: "the finger is there, the module does not see it yet",
    on: Instruction.genImg,
    expect: "recovers",
    emit: (frames) => [send(acknowledgement(frames[0], Confirmation.noFinger))],
  },
  {
    name: "wrong-password",
    summary: "the module refuses the password",
    on: Instruction.vfyPwd,
    replies: Number.POSITIVE_INFINITY,
    expect: "sensor/wrong-password",
    emit: (frames) => [send(acknowledgement(frames[0], Confirmation.wrongPassword))],
  },
  {
    name: "receive-error",
    summary: "the module says that it did not understand (code 01)",
    expect: "recovers",
    emit: (frames) => [send(acknowledgement(frames[0], Confirmation.receiveError))],
  },
  {
    name: "unknown-code",
    summary: "the module answers with a code that no manual lists (7E)",
    expect: "sensor/unknown-code",
    emit: (frames) => [send(acknowledgement(frames[0], 0x7e))],
  },
  {
    name: "image-failed",
    summary: "the module cannot send its image (code 0F)",
    expect: "sensor/image-upload",
    emit: (frames) => [send(acknowledgement(frames[0], Confirmation.uploadImage))],
  },
  {
    name: "unplug",
    summary: "the plug is pulled in the middle of the reply",
    expect: "transport/lost",
    emit: (frames, rng) => [send(cutAnywhere(frames, rng)), { does: "unplug" }],
  },
]

/** An acknowledgement with another code and nothing behind it, from the same address. */
function acknowledgement(original: Uint8Array, code: number): Uint8Array {
  const sum = 7 + 3 + code
  return concat([original.subarray(0, 6), Uint8Array.of(7, 0, 3, code, sum >>> 8, sum & 0xff)])
}

/** @throws RangeError for a name that is not in the list */
export function faultNamed(name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name)
  if (fault === undefined)
    throw new RangeError(`no fault is called ${name}; known: ${faults.map((f) => f.name).join(", ")}`)
  return fault
}

/** Which fault, if any, a reply suffers. */
export type FaultChooser = (instruction: number) => Fault | undefined

export const faultless: FaultChooser = () => undefined

/** `fault` for the first `times` replies to `instruction`. */
export function faultOn(instruction: number, fault: Fault, times = fault.replies ?? 1): FaultChooser {
  let left = times
  return (asked) => (asked === instruction && left-- > 0 ? fault : undefined)
}

/** Any of `candidates` that can happen to the reply, with probability `rate` for each. Left to itself, all but the
 *  wrong password: no line does that, and it rightly ends a session. */
export function randomFaults(
  rng: Rng,
  rate: number,
  candidates: readonly Fault[] = faults.filter(({ name }) => name !== "wrong-password"),
): FaultChooser {
  return (instruction) => {
    const possible = candidates.filter(({ on }) => on === undefined || on === instruction)
    return possible.length > 0 && rng.float() < rate ? rng.pick(possible) : undefined
  }
}
