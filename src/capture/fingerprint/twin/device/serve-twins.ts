import { Rng } from "@sourceprint/core/rng.js"
import type { SensorEntry } from "../../../sensor-entry.js"
import type { PacketSizeBytes } from "../../r307/constants.js"
import type { ImpressionRequest } from "../impression.js"
import { faultNamed, randomFaults } from "./faults.js"
import type { FingerSimulator } from "./finger-simulator.js"
import { serveHands } from "./hands.js"
import { HeldPlaten, type Platen } from "./platen.js"
import { serveTwinTcp } from "./serve-tcp.js"
import { serveTwinTerminal } from "./serve-terminal.js"
import { turnsPlaten } from "./turns-platen.js"
import type { TwinDevice } from "./twin-device.js"

export interface ServeTwinsOptions {
  readonly sensor: SensorEntry
  readonly units: readonly string[]
  /** Closed with the twins. */
  readonly fingerSimulator: FingerSimulator
  /** Who touches by turns until hands connect. */
  readonly people: readonly string[]
  readonly host: string
  /** Of the first unit; the others follow. 0 takes free ones. */
  readonly port: number
  readonly handsPort: number
  readonly baud: number
  readonly packetSizeBytes: PacketSizeBytes
  readonly paced: boolean
  readonly password: number
  /** Present: pseudo-terminals at these paths instead of TCP. */
  readonly terminalOf?: (unit: string) => string
  /** Told when a touch could not be made; the platen then stays empty. */
  readonly onTrouble?: (error: unknown) => void
  readonly fault?: { readonly name: string; readonly rate: number }
}

export interface ServedTwins {
  readonly twins: readonly { readonly unit: string; readonly name: string; readonly device: TwinDevice }[]
  readonly handsName: string
  close(): Promise<void>
}

/** Looks at an empty platen between two people's touches: about two seconds of polling. */
const LOOKS_BETWEEN_PEOPLE = 20

/** Many simulated sensors of one model, each on a port of its own, and one port for hands. @throws AppError "twin/…" */
export async function serveTwins(options: ServeTwinsOptions): Promise<ServedTwins> {
  const { units, fingerSimulator, host, port, onTrouble = () => {} } = options
  const platens = new Map<string, HeldPlaten>()
  const twins: { unit: string; name: string; device: TwinDevice; close(): Promise<void> }[] = []
  const platenOf = (unit: string): HeldPlaten => {
    const platen = platens.get(unit) ?? new HeldPlaten()
    platens.set(unit, platen)
    return platen
  }
  const turns = new Map<string, number>()
  const nextTurn = (unit: string): number => {
    const turn = (turns.get(unit) ?? 0) + 1
    turns.set(unit, turn)
    return turn
  }
  const hands = await serveHands(
    {
      place: (request) => {
        const turn = nextTurn(request.unit)
        const platen = platenOf(request.unit)
        const hold = (levels: Uint8Array): void => {
          if (turns.get(request.unit) === turn) platen.place(levels) // unless the hand continued meanwhile
        }
        fingerSimulator.press(request).then(hold).catch(onTrouble)
      },
      lift: (unit) => {
        nextTurn(unit)
        platenOf(unit).lift()
      },
    },
    host,
    options.handsPort,
    () => platens.clear(),
  )
  const close = async (): Promise<void> => {
    await hands.close()
    for (const twin of twins) await twin.close()
    await fingerSimulator.close()
  }
  try {
    for (const [index, unit] of units.entries()) {
      const rng = new Rng(`twin/${unit}`)
      const people = byTurns(unit, options.people)
      const queue = turnsPlaten(() => fingerSimulator.press(people.next().value), LOOKS_BETWEEN_PEOPLE, onTrouble)
      const platen: Platen = { look: () => (platens.get(unit) ?? queue).look() }
      const { fault } = options
      const candidates = fault === undefined || fault.name === "any" ? undefined : [faultNamed(fault.name)]
      const device = options.sensor.twin(unit, platen, {
        rng,
        width: fingerSimulator.width,
        height: fingerSimulator.height,
        baud: options.baud,
        packetSizeBytes: options.packetSizeBytes,
        password: options.password,
        paced: options.paced,
        ...(fault === undefined ? {} : { faults: randomFaults(rng.fork("faults"), fault.rate, candidates) }),
      })
      const served =
        options.terminalOf === undefined
          ? await serveTwinTcp(device, host, port === 0 ? 0 : port + index)
          : await serveTwinTerminal(device, options.terminalOf(unit))
      twins.push({ unit, device, name: served.name, close: served.close })
    }
  } catch (error) {
    await close()
    throw error
  }
  return { twins, handsName: hands.name, close }
}

/** Every person's right index and middle finger, again and again, each touch another impression. */
function* byTurns(unit: string, people: readonly string[]): Generator<ImpressionRequest, never> {
  for (let impression = 0; ; impression++) {
    for (const finger of ["right-index", "right-middle"]) {
      for (const person of people) yield { finger: `${person}/${finger}`, unit, session: 0, impression }
    }
  }
}
