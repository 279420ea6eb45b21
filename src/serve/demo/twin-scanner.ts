import { randomInt } from "node:crypto"
import { defaultSensor } from "@sourceprint/capture/fingerprint/registry.js"
import type { FingerSimulator } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { HeldPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { DeviceState } from "@sourceprint/protocol/message.js"
import type { ScannerHandlers } from "@sourceprint/protocol/scanner-link.js"
import type { TouchRequest } from "@sourceprint/protocol/scanner-progress.js"
import { sensorSource } from "../client/finger-source.js"
import { scannerHandlers } from "../client/run-scanner.js"
import type { HandChoice, HandChoices } from "./hand-choices.js"

export interface TwinScannerOptions {
  readonly fingerSimulator: FingerSimulator
  /** The unit that this scanner is. */
  readonly unit: string
  /** The unit that takes the print where the choice says so. */
  readonly other: string
  readonly choices: HandChoices
  logLine(text: string): void
  /** How long a person takes to reach the platen. */
  readonly reachMs?: number
}

/** The driver takes a finger only after it has seen the platen without one. */
class WatchedPlaten extends HeldPlaten {
  seenEmpty = false

  override look(): Uint8Array | undefined {
    const levels = super.look()
    if (levels === undefined) this.seenEmpty = true
    return levels
  }
}

export interface TwinScanner {
  readonly handlers: ScannerHandlers
  close(): Promise<void>
}

const LOOK_EVERY_MS = 100
const REACH_MS = 700

/** Every account has a finger of its own, and somebody else's that goes with it. */
const fingerOf = (name: string, { finger }: HandChoice): string => `visitor/${finger}/${nameKey(name)}`

/** A simulated sensor behind the real driver, with a simulated person who does what the panel says: puts a finger on it
 *  when it asks, another's, or none. */
export async function twinScanner(options: TwinScannerOptions): Promise<TwinScanner> {
  const { fingerSimulator, unit, other, choices, logLine, reachMs = REACH_MS } = options
  const platen = new WatchedPlaten()
  const { width, height } = fingerSimulator
  const device = defaultSensor.twin(unit, platen, { width, height })
  const fingers = sensorSource(await defaultSensor.open(memoryTwin(device)), logLine)
  const driver = scannerHandlers(fingers, logLine)
  const pressed = async (name: string, choice: HandChoice): Promise<Uint8Array> =>
    fingerSimulator.press({
      finger: fingerOf(name, choice),
      unit: choice.unit === "registered" ? unit : other,
      session: 0,
      impression: randomInt(2 ** 30), // a picture that was seen before is a replay
    })
  /** The person: waits until there is a finger to put down. */
  const hand = async ({ name, windowMs }: TouchRequest, signal: AbortSignal): Promise<void> => {
    const endMs = performance.now() + windowMs
    platen.seenEmpty = false
    await delay(reachMs, signal)
    while (!platen.seenEmpty && !signal.aborted) await delay(LOOK_EVERY_MS / 4, signal)
    while (!signal.aborted && performance.now() < endMs) {
      const choice = choices.of(name)
      if (choice.finger !== "none") return platen.place(await pressed(name, choice))
      await delay(LOOK_EVERY_MS, signal)
    }
  }
  return {
    handlers: {
      async touch(request, job) {
        const leaving = new AbortController()
        const signal = AbortSignal.any([job.signal, leaving.signal])
        const reaching = hand(request, signal)
        try {
          const [touch] = await Promise.all([driver.touch(request, job), reaching])
          return touch
        } catch (error) {
          logLine(`no simulated finger: ${String(error)}`)
          return DeviceState.noScanner
        } finally {
          leaving.abort()
          platen.lift()
        }
      },
      ended: (end) => driver.ended(end),
    },
    close: () => fingers.close(),
  }
}
