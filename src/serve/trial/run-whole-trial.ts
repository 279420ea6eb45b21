import { join } from "node:path"
import type { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { toBase64Url } from "@sourceprint/core/base64url.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { defined } from "@sourceprint/core/defined.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { silentLog } from "@sourceprint/core/log.js"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import { fernetKey } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { Inspector } from "../server/auth/inspection/inspector.js"
import { listenSystemA } from "../server/system-a/listen-system-a.js"
import { attacks } from "./attack-classes.js"
import { startAttackContext } from "./attack-context.js"
import { type PresentedSet, presentedFingers, requirePresentations } from "./presented-fingers.js"
import { type AttackOutcome, runAttacks } from "./run-attacks.js"
import { type PresentationOutcome, runPresentations } from "./run-presentations.js"
import { runSessions, type TrialOutcome } from "./run-trial.js"
import { systemAAttacks } from "./system-a-attacks.js"
import type { TrialConfig } from "./trial-config.js"
import {
  type FitScanners,
  type FitTamperDetector,
  lineImage,
  type MakeTrialInspector,
  startTrialContext,
  type TrialContext,
} from "./trial-context.js"

export interface RatedAttack extends AttackOutcome {
  /** Successes with the exact binomial interval; of none in N, its upper end is about 3/N. */
  readonly rate: CountedRate
}

export interface TrialRecord {
  readonly config: TrialConfig
  readonly sessions: TrialOutcome
  readonly attacks: readonly RatedAttack[]
  readonly systemA: readonly RatedAttack[]
  /** Where the trial brings images of a dataset. */
  readonly presentations?: PresentationOutcome & Pick<PresentedSet, "attacksLeftOut">
  readonly simulated: true
}

export interface TrialParts {
  readonly fitScanners: FitScanners
  readonly fitTamperDetector: FitTamperDetector
  readonly makeInspector: MakeTrialInspector
  readonly progress: Progress
  logLine(text: string): void
}

const rated = (outcome: AttackOutcome): RatedAttack => ({
  ...outcome,
  rate: countedRate(outcome.successes, outcome.attempts, clopperPearsonInterval(outcome.successes, outcome.attempts)),
})

/** Endless pictures of one finger that no server has seen: a few touches, told apart by their last row's lowest
 *  bits. */
export function distinctPictures(touches: readonly GrayImage[]): () => Uint8Array {
  let count = 0
  return () => {
    const { pixels, ...image } = inTurn(touches, count)
    const marked = pixels.slice()
    const number = count++
    for (let bit = 0; bit < 20; bit++) marked[bit] = defined(marked[bit]) ^ ((number >> bit) & 1)
    return encodeBmp({ ...image, pixels: marked })
  }
}

/** What an attacker has: pictures of the victim's finger that no server has seen, and another person's. */
const victimPictures = (touches: SyntheticImpressions) => ({
  freshImpression: distinctPictures(Array.from({ length: 6 }, (_, i) => lineImage(touches, "victim", "unit-1", 0, i))),
  strangersImpression: encodeBmp(lineImage(touches, "stranger", "unit-1", 0, 0)),
})

/** Sessions, then attacks on `opaque-aead`, then the same on `system-a`, all simulated; then the images of a dataset.
 *  @throws AppError "trial/presentations", before anything runs */
export async function runWholeTrial(config: TrialConfig, folder: string, parts: TrialParts): Promise<TrialRecord> {
  const { progress, logLine } = parts
  const presented = await presentedSet(config)
  let makeInspector: (() => Promise<Inspector>) | undefined
  const context = await startTrialContext(
    config,
    join(folder, "sessions"),
    parts.fitScanners,
    parts.fitTamperDetector,
    (settings) => {
      makeInspector = () => parts.makeInspector(settings)
      return makeInspector()
    },
    logLine,
  )
  const sessions = await (async () => {
    try {
      return await runSessions(context, config, progress)
    } finally {
      await context.stop()
    }
  })()
  if (makeInspector === undefined) throw new Error("the trial made no inspector")
  const attacked = await attackAead(config, folder, makeInspector, context, progress)
  const broken = await attackSystemA(config, makeInspector, context)
  const record = { config, sessions, attacks: attacked, systemA: broken, simulated: true } as const
  if (presented === undefined) return record
  const { fingers, attacksLeftOut } = presented
  const inspector = await makeInspector()
  try {
    const outcome = await runPresentations(fingers, join(folder, "presentations"), inspector, progress)
    return { ...record, presentations: { ...outcome, attacksLeftOut } }
  } finally {
    await inspector.close()
  }
}

async function presentedSet({ presentations }: TrialConfig): Promise<PresentedSet | undefined> {
  if (presentations === undefined) return undefined
  const { dataset, enrolWith } = presentations
  const set = presentedFingers(await readSamples(dataset), dataset, enrolWith)
  requirePresentations(set, dataset, enrolWith)
  return set
}

async function attackAead(
  { attacks: attempts, factors, seed }: TrialConfig,
  folder: string,
  makeInspector: () => Promise<Inspector>,
  { touches }: TrialContext,
  progress: Progress,
): Promise<RatedAttack[]> {
  if (Object.values(attempts).every((count) => count === 0)) return []
  const place = join(folder, "attacks")
  const context = await startAttackContext({
    folder: place,
    makeInspector,
    factors,
    ...victimPictures(touches),
  })
  try {
    return (await runAttacks(attacks, context.target, attempts, seed, progress)).map(rated)
  } finally {
    await context.stop()
  }
}

/** The replaced suite with one enrolled finger, as it was. */
async function attackSystemA(
  { systemA, factors, seed }: TrialConfig,
  makeInspector: () => Promise<Inspector>,
  { touches }: TrialContext,
): Promise<RatedAttack[]> {
  if (systemA.attempts === 0) return []
  const { freshImpression, strangersImpression } = victimPictures(touches)
  const inspector = await makeInspector()
  let template: Uint8Array | undefined
  for (let tries = 0; tries < 4 && template === undefined; tries++) {
    template = (await inspector.enrol([freshImpression(), freshImpression(), freshImpression()])).template
  }
  const keyText = toBase64Url(webCrypto.randomBytes(32), { padding: true })
  const key = fernetKey(keyText)
  if (template === undefined || key === undefined) throw new Error("the one finger of system-a could not be enrolled")
  const server = await listenSystemA(
    {
      crypto: webCrypto,
      clock: systemClock,
      log: silentLog,
      inspector,
      key,
      keyText,
      serverId: "server",
      references: [template],
      scannerId: "unit-1",
      checksScanner: factors.includes("scanner"),
      passwordHash: "0".repeat(64),
      secretHash: "0".repeat(64),
    },
    "127.0.0.1",
    0,
  )
  try {
    const target = {
      crypto: webCrypto,
      port: server.port,
      key,
      keyText,
      serverId: "server",
      freshImpression,
      strangersImpression,
    }
    const outcomes: RatedAttack[] = []
    for (const attack of systemAAttacks) {
      let successes = 0
      for (let attempt = 0; attempt < systemA.attempts; attempt++) {
        const rng = new Rng(seed).fork(`${attack.id}/${attempt}`)
        if (await attack.run(target, attempt, rng)) successes++
      }
      outcomes.push(rated({ id: attack.id, title: attack.title, attempts: systemA.attempts, successes }))
    }
    return outcomes
  } finally {
    await server.stop()
    await inspector.close()
  }
}
