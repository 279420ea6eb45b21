import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { silentLog } from "@sourceprint/core/log.js"
import { noProgress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import { FrameReader } from "@sourceprint/protocol/frame.js"
import { hello } from "@sourceprint/protocol/hello.js"
import { clientMessage, MessageType, Modality, serverMessage } from "@sourceprint/protocol/message.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { attacks } from "@sourceprint/serve/trial/attack-classes.js"
import { startAttackContext } from "@sourceprint/serve/trial/attack-context.js"
import { honestSession, passed } from "@sourceprint/serve/trial/honest-session.js"
import { runAttacks } from "@sourceprint/serve/trial/run-attacks.js"
import { distinctPictures, runWholeTrial } from "@sourceprint/serve/trial/run-whole-trial.js"
import { TrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"
import { fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

/** More than 10,000 in all; few of what waits for time-outs. */
const attempts: Readonly<Record<string, number>> = {
  "replay-window": 1000,
  "replay-splice": 1000,
  "replay-later": 20,
  "replay-restart": 20,
  "bit-flip": 4000,
  frames: 160,
  truncation: 1000,
  reflection: 120,
  "field-tampering": 1200,
  "stolen-capture": 120,
  "impostor-finger": 60,
  "wrong-password": 500,
  "unknown-name": 500,
  "unregistered-device": 500,
  "switched-device": 60,
  garbage: 1000,
  "slow-sender": 8,
  "connection-flood": 3,
  "left-after-refusals": 6,
  "slows-the-owner": 4,
  "old-session": 12,
  "ended-session-listens": 6,
  "old-operator-session": 6,
  "unread-answers": 2,
  "look-alike-name": 20,
  "look-alike-scanner": 20,
  "weak-device-key": 10,
  "silent-sockets": 8,
  "large-before-hello": 4,
  "unanswered-farewell": 4,
  "fills-a-room": 10,
  "fills-the-disk": 4,
  "two-at-once": 40,
  "parallel-guesses": 20,
  "clock-set-back": 24,
  "audit-set-back": 20,
  "audit-cut-front": 30,
}

const pictures = () => {
  const touches = new SyntheticImpressions(21, ScannerSettings.parse({ seed: 21 }))
  const of = (finger: string, i: number) => lineImage(touches, finger, "unit-1", 0, i)
  return {
    freshImpression: distinctPictures(Array.from({ length: 6 }, (_, i) => of("victim", i))),
    strangersImpression: encodeBmp(of("stranger", 0)),
  }
}

const realInspector = () =>
  inspectionPool({ matcherId: "minutiae", scoreThreshold: 6, qualityFloor: 20, models: {} }, 1, silentLog)

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-attacks-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const attackTable: Claim = {
  title: "opaque-aead: no success in at least 10,000 attempts over all classes (simulated fingers, real matcher)",
  measure: (logLine) =>
    inFolder(async (folder) => {
      const factors = ["password", "finger"] as const
      const context = await startAttackContext({
        folder,
        makeInspector: realInspector,
        factors,
        ...pictures(),
      })
      try {
        const outcomes = await runAttacks(attacks, context.target, attempts, 1, {
          ...noProgress,
          update: (done, note) => void (done % 500 === 0 && logLine(`${done} attempts, ${note}`)),
        })
        const total = outcomes.reduce((sum, outcome) => sum + outcome.attempts, 0)
        const figures: Figure[] = outcomes.map(({ id, attempts: tried, successes }) =>
          exactly(id, successes, 0, "successes", `of ${tried}`),
        )
        return [
          ...figures,
          atLeast("attempts", total, 10_000),
          { name: "upper bound of the rate, rule of 3", value: 300 / total, unit: "%" },
          exactly("classes", outcomes.length, attacks.length),
        ]
      } finally {
        await context.stop()
      }
    }),
}

const systemABreaks: Claim = {
  title: "system-a under the same attacks shows where it breaks",
  measure: () =>
    inFolder(async (folder) => {
      const config = TrialConfig.parse({
        name: "system-a",
        seed: 5,
        people: 2,
        units: 2,
        factors: ["password", "finger"],
        matching: { threshold: 6 },
        systemA: { attempts: 10 },
      })
      const record = await runWholeTrial(config, folder, {
        fitScanners,
        fitTamperDetector,
        makeInspector: (settings) => inspectionPool(settings, 1, silentLog),
        progress: noProgress,
        logLine: () => {},
      })
      const broken = new Set([
        "replay-window",
        "field-tampering",
        "stolen-capture",
        "wrong-password",
        "unknown-name",
        "forged-reply",
      ])
      return record.systemA.map(({ id, successes, attempts: tried }) => ({
        name: id,
        value: successes,
        unit: "successes",
        bound: broken.has(id) ? { is: "at least" as const, value: 1 } : { is: "exactly" as const, value: 0 },
        note: `of ${tried}`,
      }))
    }),
}

/** Frames as an attacker or a broken line would send them: noise, and real messages with bytes changed, cut or
 *  added. */
function fuzzDecoders(count: number, seed: number): { decoded: number; differing: number } {
  const rng = new Rng(seed)
  const random = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => rng.below(256))
  const real = [
    clientMessage.encode({
      type: MessageType.signInStart,
      name: "ada",
      clientTimeMs: 1,
      device: undefined,
      ke1: random(96),
    }),
    clientMessage.encode({
      type: MessageType.signInStart,
      name: "ada",
      clientTimeMs: 1,
      device: { deviceId: "d", scannerId: "s", signature: random(64) },
      ke1: random(96),
    }),
    clientMessage.encode({
      type: MessageType.capture,
      challenge: random(32),
      modality: Modality.finger,
      captureTimeMs: 5,
      sequence: 1,
      deviceId: "device",
      scannerId: "scanner",
      imageSha256: random(32),
      signature: random(64),
      image: random(40),
    }),
    serverMessage.encode({
      type: MessageType.decision,
      outcome: 1,
      requestSha256: random(32),
      token: random(32),
      expiresAtMs: 9,
    }),
  ]
  let decoded = 0
  let differing = 0
  for (let i = 0; i < count; i++) {
    let bytes: Uint8Array
    if (i % 3 === 0) bytes = random(rng.below(120))
    else {
      bytes = rng.pick(real).slice()
      for (let k = rng.below(4); k >= 0; k--) bytes[rng.below(bytes.length)] = rng.below(256)
      if (i % 3 === 2) bytes = bytes.subarray(0, rng.below(bytes.length + 1))
    }
    for (const codec of [clientMessage, serverMessage, hello.toServer, hello.toClient] as const) {
      const message = codec.decode(bytes)
      if (message === undefined) continue
      decoded++
      if (toHex(codec.encode(message as never)) !== toHex(bytes)) differing++
    }
    const reader = new FrameReader()
    reader.push(bytes)
    while (typeof reader.next(100) !== "string");
  }
  return { decoded, differing }
}

const decoders: Claim = {
  title: "a million random and mutated frames into the decoders: no throw, no second spelling of a message",
  measure: () => {
    const { decoded, differing } = fuzzDecoders(1_000_000, 1)
    return Promise.resolve([
      atLeast("frames", 1_000_000, 1_000_000),
      exactly("decoded to a message that encodes differently", differing, 0),
      { name: "decoded", value: decoded, unit: "" },
    ])
  },
}

const liveGarbage: Claim = {
  title: "10,000 random and mutated frames into a live server: no answer, no leak, and people still sign in",
  measure: (logLine) =>
    inFolder(async (folder) => {
      const factors = ["password", "finger"] as const
      const context = await startAttackContext({
        folder,
        makeInspector: realInspector,
        factors,
        ...pictures(),
      })
      const garbage = attacks.filter(({ id }) => id === "garbage")
      const rssMb = (): number => {
        globalThis.gc?.()
        return process.memoryUsage().rss / 2 ** 20
      }
      try {
        await runAttacks(garbage, context.target, { garbage: 2000 }, 1, noProgress) // warm
        const beforeMb = rssMb()
        const [outcome] = await runAttacks(garbage, context.target, { garbage: 10_000 }, 2, {
          ...noProgress,
          update: (done) => void (done % 2000 === 0 && logLine(`${done} frames`)),
        })
        let through = false
        for (let tries = 0; tries < 5 && !through; tries++) {
          through = passed(
            await honestSession(context.target, await context.target.connect(), context.target.freshImpression()),
          )
        }
        return [
          exactly("answered", outcome.successes, 0, "", "of 10000"),
          atMost("growth of resident memory", rssMb() - beforeMb, 40, "MB"),
          exactly("the victim signs in afterwards", through ? 1 : 0, 1),
        ]
      } finally {
        await context.stop()
      }
    }),
}

export const claims: readonly Claim[] = [attackTable, systemABreaks, decoders, liveGarbage]
