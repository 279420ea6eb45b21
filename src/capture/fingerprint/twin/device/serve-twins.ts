import { Rng } from "../../../../shared/rng.js"
import type { PacketSizeBytes } from "../../r307/constants.js"
import type { TouchSource } from "../touch.js"
import { correlationMatcher } from "./correlation-matcher.js"
import { faultNamed, randomFaults } from "./faults.js"
import { type Glass, HeldGlass, playedGlass } from "./glass.js"
import { serveHands } from "./hands.js"
import { serveTwinTcp } from "./serve-tcp.js"
import { serveTwinTerminal } from "./serve-terminal.js"
import { TwinDevice } from "./twin-device.js"

export interface ServeTwinsOptions {
  readonly units: readonly string[]
  readonly touches: TouchSource
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
  readonly fault?: { readonly name: string; readonly rate: number }
}

export interface ServedTwins {
  readonly twins: readonly { readonly unit: string; readonly name: string; readonly device: TwinDevice }[]
  readonly handsName: string
  close(): Promise<void>
}

/** Looks at an empty glass between two people's touches: about two seconds of polling. */
const LOOKS_BETWEEN_PEOPLE = 20

/** Many simulated R307s, each on a port of its own, and one port for hands. @throws AppError "twin/…" */
export async function serveTwins(options: ServeTwinsOptions): Promise<ServedTwins> {
  const { units, touches, host, port } = options
  const glasses = new Map<string, HeldGlass>()
  const twins: { unit: string; name: string; device: TwinDevice; close(): Promise<void> }[] = []
  const glassOf = (unit: string): HeldGlass => {
    const glass = glasses.get(unit) ?? new HeldGlass()
    glasses.set(unit, glass)
    return glass
  }
  const hands = await serveHands(
    {
      place: (request) => glassOf(request.unit).place(touches.touch(request).nibbles),
      lift: (unit) => glassOf(unit).lift(),
    },
    host,
    options.handsPort,
    () => glasses.clear(),
  )
  const close = async (): Promise<void> => {
    await hands.close()
    for (const twin of twins) await twin.close()
  }
  try {
    for (const [index, unit] of units.entries()) {
      const rng = new Rng(`twin/${unit}`)
      const queue = playedGlass(byTurns(unit, options), LOOKS_BETWEEN_PEOPLE)
      const glass: Glass = { look: () => (glasses.get(unit) ?? queue).look() }
      const { fault } = options
      const candidates = fault === undefined || fault.name === "any" ? undefined : [faultNamed(fault.name)]
      const device = new TwinDevice({
        glass,
        matcher: correlationMatcher,
        rng,
        width: touches.width,
        height: touches.height,
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
function* byTurns(unit: string, { people, touches }: ServeTwinsOptions): Generator<Uint8Array> {
  for (let impression = 0; ; impression++) {
    for (const finger of ["right-index", "right-middle"]) {
      for (const person of people) {
        yield touches.touch({ finger: `${person}/${finger}`, unit, session: 0, impression }).nibbles
      }
    }
  }
}
