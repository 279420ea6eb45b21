import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { silentLog } from "@sourceprint/core/log.js"
import { type PresentationFigures, presentationFigures } from "@sourceprint/core/metrics/presentation-attack.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "../client/connect-server.js"
import type { FingerSource } from "../client/finger-source.js"
import { runEnrolment, runSignIn } from "../client/run-client.js"
import type { Inspector } from "../server/auth/inspection/inspector.js"
import { type RunningServer, runServer } from "../server/run-server.js"
import { ServeConfig } from "../server/serve-config.js"
import { noLimits, quickStretching, registerDevice } from "./attack-context.js"
import { lastReason } from "./last-reason.js"
import type { PresentedFinger } from "./presented-fingers.js"

/** One sign-in with the right name, password and device, and one image. */
export interface PresentedSession {
  readonly finger: string
  /** Undefined: the finger itself. */
  readonly species: string | undefined
  readonly path: string
  readonly passed: boolean
  /** The last word of the audit log on it. */
  readonly reason: string
}

export interface PresentationOutcome {
  /** Fingers that the server did not enrol with their images; their own sessions count as refused, attacks on them
   *  are not tried. */
  readonly notEnrolled: readonly string[]
  readonly sessions: readonly PresentedSession[]
}

/** The images one after another; after the last there is no touch any more. */
const images = (paths: readonly string[]): FingerSource & { shown(): number } => {
  let next = 0
  return {
    capture: async () => {
      const path = paths[next++]
      if (path === undefined) throw new AppError("client/no-touch", "there is no other image")
      return { image: encodeBmp(await readGrayImage(path)), takenAtMs: Date.now() }
    },
    close: () => Promise.resolve(),
    shown: () => next,
  }
}

/** Enrols the fingers at a server of their own, then presents every other image once, one sign-in each.
 *  @param folder for the server's files @param inspector is not closed
 *  @throws AppError "image/unreadable" */
export async function runPresentations(
  fingers: readonly PresentedFinger[],
  folder: string,
  inspector: Inspector,
  progress: Progress,
): Promise<PresentationOutcome> {
  const config = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: join(folder, "presentations.db"),
    keyFile: join(folder, "master.keys"),
    policy: {
      enrolment: "open",
      factors: ["password", "finger"],
      capturesPerSignIn: 1,
      capturesPerEnrolment: Math.min(...fingers.map(({ enrolment }) => enrolment.length)),
    },
    matching: { threads: 1 },
  })
  const shared = { ...inspector, close: () => Promise.resolve() }
  const server = await runServer(config, () => Promise.resolve(shared), silentLog, { limitRules: noLimits })
  const total = fingers.reduce((sum, { bonaFide, attacks }) => sum + 1 + bonaFide.length + attacks.length, 0)
  progress.start(total, "presentations")
  let done = 0
  try {
    const devices = new Map<string, Device>()
    for (const scanner of new Set(fingers.map((finger) => finger.scanner)))
      devices.set(scanner, await registerDevice(server.deps.store, `device-${devices.size + 1}`, scanner))
    const notEnrolled: string[] = []
    const sessions: PresentedSession[] = []
    for (const finger of fingers) {
      const device = devices.get(finger.scanner)
      if (device === undefined) throw new RangeError(`${finger.scanner} has no device`)
      const others = await enrolled(server, device, finger)
      const isEnrolled = others !== undefined
      if (!isEnrolled) notEnrolled.push(finger.name)
      progress.update(++done, finger.name)
      const presented = [
        ...(others ?? finger.bonaFide).map((path) => ({ path, species: undefined })),
        ...finger.attacks,
      ]
      for (const { path, species } of presented) {
        progress.update(++done, finger.name)
        if (!isEnrolled && species !== undefined) continue
        const result = isEnrolled
          ? await signIn(server, device, finger, path)
          : { passed: false, reason: "not enrolled" }
        sessions.push({ finger: finger.name, species, path, ...result })
      }
    }
    return { notEnrolled, sessions }
  } finally {
    progress.stop()
    await server.stop()
  }
}

const clientOf = (server: RunningServer, device: Device, fingers: FingerSource) => ({
  deps: { crypto: webCrypto, clock: server.deps.clock, trusts: (key: Uint8Array) => toHex(key) === server.identity },
  connect: () => connectServer({ host: "127.0.0.1", port: server.port }),
  device,
  fingers,
  tell: () => {},
  sleep: delay,
})

const person = ({ name }: PresentedFinger) => ({
  name,
  password: `password of ${name}`,
  stretching: quickStretching,
})

/** @returns the images of the finger that the enrolment did without; undefined where it failed */
async function enrolled(
  server: RunningServer,
  device: Device,
  finger: PresentedFinger,
): Promise<readonly string[] | undefined> {
  const credentials = { ...person(finger), code: "", finger: "right-index" }
  const enrolmentId = webCrypto.randomBytes(32)
  const all = [...finger.enrolment, ...finger.bonaFide]
  const source = images(all)
  const { outcome } = await runEnrolment(clientOf(server, device, source), { ...credentials, enrolmentId })
  return outcome === "enrolled" ? all.slice(source.shown()) : undefined
}

async function signIn(server: RunningServer, device: Device, finger: PresentedFinger, path: string) {
  const { store } = server.deps
  const head = (await store.auditHead())?.seq ?? 0
  const { outcome } = await runSignIn(clientOf(server, device, images([path])), person(finger))
  return { passed: outcome === "passed", reason: await lastReason(store, head) }
}

/** BPCER and APCER by species of whole sign-ins, with intervals by finger; undefined where one kind was not brought. */
export function signInFigures({
  sessions,
}: PresentationOutcome): Pick<PresentationFigures, "bpcer" | "apcer"> | undefined {
  const judged = sessions.map(({ finger, species, passed }) => ({
    score: passed ? 1 : 0,
    accepted: passed,
    species,
    group: finger,
  }))
  if (new Set(judged.map(({ species }) => species === undefined)).size < 2) return undefined
  return presentationFigures(judged, new Rng("sign-ins"))
}
