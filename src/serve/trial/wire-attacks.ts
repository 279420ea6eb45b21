import { inTurn } from "@sourceprint/core/in-turn.js"
import type { Attack } from "./attack.js"
import { flipped } from "./flipped.js"
import { honestSession, passed } from "./honest-session.js"
import { type Intercept, InterceptingPort } from "./intercepting-port.js"

/** Frames of a sign-in, in the order of sending, and how long they are: hello, start, finish, capture and hello,
 *  response, challenge, decision. The capture's head (everything before the image) is 300 bytes or so. */
const UP_FRAMES = 4
const CAPTURE_HEAD_BYTES = 320

/** Which byte of a frame an attempt changes: each in turn; of the long image, its head and then anywhere. */
const placeOf = (attempt: number, bodyBytes: number, anywhere: number): number =>
  bodyBytes > 4096 && attempt % 2 === 1 ? anywhere % bodyBytes : attempt % Math.min(bodyBytes, CAPTURE_HEAD_BYTES)

const flipBit: Attack = {
  id: "bit-flip",
  title: "one bit flipped in a frame, either way",
  async run(target, attempt, rng) {
    const index = Math.floor(attempt / 2) % UP_FRAMES
    const flip: Intercept = (i, body) => {
      if (i !== index) return [body]
      const at = placeOf(Math.floor(attempt / (2 * UP_FRAMES)), body.length, rng.u32())
      return [flipped(body, at, 1 << rng.below(8))]
    }
    const toServer = attempt % 2 === 0
    const port = new InterceptingPort(await target.connect(), toServer ? flip : undefined, toServer ? undefined : flip)
    return passed(await honestSession(target, port, target.freshImpression()))
  },
}

/** Each takes the frame with number `index` and what was sent before it. */
const reorderings: readonly ((index: number) => Intercept)[] = [
  (index) => (i, body) => (i === index ? [] : [body]), // dropped
  (index) => (i, body) => (i === index ? [body, body] : [body]), // doubled
  (index) => {
    let held: Uint8Array | undefined
    return (i, body) => {
      if (i === index) {
        held = body
        return []
      }
      return held !== undefined && i === index + 1 ? [body, held] : [body] // swapped with the next
    }
  },
  (index) => {
    let before: Uint8Array | undefined
    return (i, body) => {
      if (i === index) return before === undefined ? [] : [before] // an earlier frame again
      before = body
      return [body]
    }
  },
]

const reorder: Attack = {
  id: "frames",
  title: "frames dropped, doubled, swapped or repeated",
  async run(target, attempt) {
    const toServer = attempt % 2 === 0
    const make = inTurn(reorderings, Math.floor(attempt / 2))
    const index = Math.floor(attempt / (2 * reorderings.length)) % UP_FRAMES
    const meddle = make(index)
    const port = new InterceptingPort(
      await target.connect(),
      toServer ? meddle : undefined,
      toServer ? undefined : meddle,
    )
    const decision = await honestSession(target, port, target.freshImpression())
    // A frame doubled after the pass, or a decision held back from its owner, lets nobody in who should not be.
    const harmless = index === UP_FRAMES - 1 && (!toServer || make === reorderings[1])
    return passed(decision) && !harmless
  },
}

const truncate: Attack = {
  id: "truncation",
  title: "frames cut short or made longer",
  async run(target, attempt, rng) {
    const index = attempt % UP_FRAMES
    const cut: Intercept = (i, body) => {
      if (i !== index) return [body]
      return attempt % 3 === 0
        ? [new Uint8Array([...body, rng.below(256)])]
        : [body.subarray(0, 1 + rng.below(body.length - 1))]
    }
    return passed(
      await honestSession(target, new InterceptingPort(await target.connect(), cut), target.freshImpression()),
    )
  },
}

const reflect: Attack = {
  id: "reflection",
  title: "the server's own frames sent back to it",
  async run(target, attempt) {
    const index = 1 + (attempt % (UP_FRAMES - 1))
    const inner = await target.connect()
    const port: InterceptingPort = new InterceptingPort(inner, (i, body) => {
      if (i !== index) return [body]
      const seen = port.received.at(-1)
      return seen === undefined ? [] : [seen]
    })
    return passed(await honestSession(target, port, target.freshImpression()))
  },
}

export const wireAttacks: readonly Attack[] = [flipBit, reorder, truncate, reflect]
