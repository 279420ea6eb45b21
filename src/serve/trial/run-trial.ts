import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import { forgeImage, stolenPattern } from "@sourceprint/model/forgery/forge-image.js"
import type { FingerSource } from "../client/finger-source.js"
import { twinFingers } from "../client/open-fingers.js"
import { runEnrolment, runSignIn } from "../client/run-client.js"
import { quickStretching } from "./attack-context.js"
import { forgerAt, plainForger } from "./forgers.js"
import { lastReason } from "./last-reason.js"
import { substitutedImage } from "./substituted-image.js"
import type { Scenario, TrialConfig } from "./trial-config.js"
import { lineImage, onLine, personName, strangerDevice, type TrialContext } from "./trial-context.js"

export interface ScenarioOutcome {
  readonly scenario: Scenario
  /** True when these people ought to be let in. */
  readonly genuine: boolean
  readonly sessions: number
  readonly passed: number
  /** Transactions: FRR where genuine, FAR elsewhere, with counts and Wilson's interval. */
  readonly errorRate: CountedRate
  /** How sessions ended, by the audit log's last reason. */
  readonly reasons: Readonly<Record<string, number>>
}

export interface TrialOutcome {
  readonly enrolled: number
  readonly scenarios: readonly ScenarioOutcome[]
  /** Server-side stages, ms. */
  readonly stages: Readonly<Record<string, { count: number; meanMs: number; p50: number; p95: number; p99: number }>>
}

const genuineScenarios: ReadonlySet<Scenario> = new Set<Scenario>(["genuine", "clock-skew"])
const passwordOf = (person: string): string => `password of ${person}`
/** Impressions below this are for enrolment; sessions of a scenario take theirs from above. */
const ENROLMENT_IMPRESSIONS = 100
const TOUCHES_PER_SESSION = 6
const artefacts = {
  "printed-finger": ["laser", "inkjet", "film"],
  "moulded-finger": ["glue", "gelatine", "silicone"],
} as const
const SKEW_MS = 300_000

const noFinger: FingerSource = {
  capture: () => Promise.reject(new Error("this session was not to reach a capture")),
  close: () => Promise.resolve(),
}

/** Prepared pictures, one after another. */
function pictures(images: () => GrayImage | Promise<GrayImage>): FingerSource {
  return {
    capture: async () => ({ image: encodeBmp(await images()), takenAtMs: Date.now() }),
    close: () => Promise.resolve(),
  }
}

/** Enrols everybody, then runs the scenarios' sessions one after another through the real client and server. */
export async function runSessions(
  context: TrialContext,
  config: TrialConfig,
  progress: Progress,
): Promise<TrialOutcome> {
  const scenarios = (Object.entries(config.sessions) as [Scenario, number][]).filter(([, count]) => count > 0)
  progress.start(config.people + scenarios.reduce((sum, [, count]) => sum + count, 0), "sessions")
  let done = 0
  let enrolled = 0
  const unitOf = (person: number): string => inTurn(context.units, person)
  const deviceOf = (unit: string) => context.devices.get(unit) ?? strangerDevice(unit)
  for (let person = 0; person < config.people; person++) {
    const name = personName(person)
    const unit = unitOf(person)
    const fingers = await twinFingers(context.touches, name, unit, () => {}, 0)
    const credentials = {
      name,
      password: passwordOf(name),
      stretching: quickStretching,
      code: "",
      finger: "right-index",
    }
    const enrolmentId = context.server.deps.crypto.randomBytes(32)
    const result = await runEnrolment(context.client(await deviceOf(unit), fingers), {
      ...credentials,
      enrolmentId,
    })
    await fingers.close()
    if (result.outcome === "enrolled") enrolled++
    progress.update(++done, name)
  }
  const outcomes: ScenarioOutcome[] = []
  for (const [offset, [scenario, count]] of scenarios.entries()) {
    const reasons: Record<string, number> = {}
    let passed = 0
    for (let session = 0; session < count; session++) {
      const person = Math.floor((session * config.people) / count) // one person's sessions in a row
      const head = (await context.server.deps.store.auditHead())?.seq ?? 0
      const first = ENROLMENT_IMPRESSIONS + TOUCHES_PER_SESSION * (offset * 10_000 + session)
      if (await runScenario(context, config, scenario, person, first)) passed++
      const reason = await lastReason(context.server.deps.store, head)
      reasons[reason] = (reasons[reason] ?? 0) + 1
      progress.update(++done, scenario)
    }
    const genuine = genuineScenarios.has(scenario)
    const errorRate = countedRate(genuine ? count - passed : passed, count)
    outcomes.push({ scenario, genuine, sessions: count, passed, errorRate, reasons })
  }
  progress.stop()
  return { enrolled, scenarios: outcomes, stages: await context.server.deps.metrics.stageSummary() }
}

async function runScenario(
  context: TrialContext,
  { people, seed }: TrialConfig,
  scenario: Scenario,
  person: number,
  impression: number,
): Promise<boolean> {
  const { touches, units } = context
  const name = personName(person)
  const unit = inTurn(units, person)
  const other = inTurn(units, person + 1)
  const registered = context.devices.get(unit)
  if (registered === undefined) throw new Error(`${unit} has no device`)
  const own = () => twinFingers(touches, name, unit, () => {}, impression)
  let device = registered
  let claimed = name
  let password = passwordOf(name)
  let fingers: FingerSource
  let clock = context.server.deps.clock
  let next = impression
  switch (scenario) {
    case "genuine":
      fingers = await own()
      break
    case "clock-skew": {
      const source = await own()
      clock = { nowMs: () => Date.now() + SKEW_MS, monotonicMs: () => performance.now() }
      fingers = {
        ...source,
        capture: async (withinMs) => {
          const touch = await source.capture(withinMs)
          return { ...touch, takenAtMs: touch.takenAtMs + SKEW_MS }
        },
      }
      break
    }
    case "impostor-finger":
      fingers = await twinFingers(touches, personName((person + 1) % people), unit, () => {}, impression)
      break
    case "wrong-scanner":
      fingers = await twinFingers(touches, name, other, () => {}, impression)
      break
    case "planted-pattern":
    case "forged-pattern": {
      const turn = (impression - ENROLMENT_IMPRESSIONS) / TOUCHES_PER_SESSION
      const { forgery, stolen, base } = scenario === "planted-pattern" ? plainForger : forgerAt(turn)
      const from = { "other unit": other, "strange unit": "strange-unit", "same unit": unit }[base]
      const taken = Array.from({ length: stolen }, (_, i) =>
        lineImage(touches, name, unit, 0, ENROLMENT_IMPRESSIONS - 1 - i),
      )
      const pattern = stolenPattern(taken, forgery)
      const rng = new Rng(seed).fork(`forger/${impression}`)
      fingers = pictures(() => forgeImage(lineImage(touches, name, from, 0, next++), pattern, forgery, rng))
      break
    }
    case "strange-scanner":
    case "handled-image":
    case "matched-levels": {
      const turn = (impression - ENROLMENT_IMPRESSIONS) / TOUCHES_PER_SESSION
      fingers = pictures(() => substitutedImage(scenario, touches, { seed, name, unit, other, turn }, next++))
      break
    }
    case "printed-finger":
    case "moulded-finger": {
      const captured = lineImage(touches, name, other, 0, impression)
      const turn = (impression - ENROLMENT_IMPRESSIONS) / TOUCHES_PER_SESSION
      const kind = inTurn(artefacts[scenario], turn)
      fingers = pictures(() =>
        onLine(touches.artefact(captured, kind, { finger: name, unit, session: 0, impression: next++ })),
      )
      break
    }
    case "wrong-password":
      fingers = noFinger
      password = "not the password"
      break
    case "unknown-name":
      fingers = noFinger
      claimed = `nobody-${impression}`
      break
    case "unregistered-device":
      fingers = noFinger
      device = await strangerDevice(unit)
      break
  }
  try {
    const result = await runSignIn(context.client(device, fingers, clock), {
      name: claimed,
      password,
      stretching: quickStretching,
    })
    return result.outcome === "passed"
  } finally {
    await fingers.close()
  }
}
