import { once } from "node:events"
import { poll } from "@sourceprint/core/async/poll.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { DemoServer } from "@sourceprint/serve/demo/demo-server.js"
import type { HandChoice } from "@sourceprint/serve/demo/hand-choices.js"
import { SOCKET_PATH, SOCKET_PROTOCOL } from "@sourceprint/serve/server/listen-http.js"
import { webSocketPort } from "@sourceprint/serve/stream-port.js"
import { quickStretching } from "@sourceprint/serve/trial/attack-context.js"
import { WebSocket } from "ws"
import { type LinkedContext, linkedEnrolment, linkedSignIn } from "./linked-sign-in.js"

/** What stands before a linked scanner. */
export const linkedScenarios = {
  genuine: { finger: "own", unit: "registered" },
  "impostor-finger": { finger: "other", unit: "registered" },
  "wrong-scanner": { finger: "own", unit: "other" },
  "wrong-password": { finger: "own", unit: "registered" },
} as const satisfies Record<string, HandChoice>
export type LinkedScenario = keyof typeof linkedScenarios

export interface LinkedOutcome {
  readonly scenario: LinkedScenario
  readonly passed: number
  /** Transactions: FRR where genuine, FAR elsewhere. */
  readonly errorRate: CountedRate
  /** Last reasons of the audit log, counted. */
  readonly reasons: Readonly<Record<string, number>>
}

async function webSocketTo(httpPort: number): Promise<FramePort> {
  const origin = `http://127.0.0.1:${httpPort}`
  const socket = new WebSocket(`ws://127.0.0.1:${httpPort}${SOCKET_PATH}`, SOCKET_PROTOCOL, { origin })
  await once(socket, "open")
  return webSocketPort(socket)
}

/** A browser, as far as the server can tell: it has no device and takes the scanner of that id. */
export function linkedClient({ server }: DemoServer, scannerId: string): LinkedContext {
  return {
    deps: {
      crypto: webCrypto,
      clock: systemClock,
      trusts: (identity) => toHex(identity) === server.identity,
    },
    connect: () => webSocketTo(server.httpPort),
    choose: () => Promise.resolve(scannerId),
    hear: () => {},
  }
}

const passwordOf = (name: string): string => `password of ${name}`

export function enrolLinked(demo: DemoServer, name: string, scannerId: string) {
  const enrolmentId = webCrypto.randomBytes(32)
  const person = { name, password: passwordOf(name), stretching: quickStretching }
  return linkedEnrolment(linkedClient(demo, scannerId), {
    ...person,
    enrolmentId,
    code: "",
    finger: "right-index",
  })
}

/** Sessions of one scenario, the people and scanners taking turns; every person is enrolled at the scanner given. */
export async function runLinkedScenario(
  demo: DemoServer,
  scenario: LinkedScenario,
  people: readonly { readonly name: string; readonly scannerId: string }[],
  sessions: number,
): Promise<LinkedOutcome> {
  const { store } = demo.server.deps
  const reasons: Record<string, number> = {}
  let passed = 0
  for (let session = 0; session < sessions; session++) {
    const { name, scannerId } = inTurn(people, session)
    demo.choices.set(name, linkedScenarios[scenario])
    const password = scenario === "wrong-password" ? "not the password" : passwordOf(name)
    const head = (await store.auditHead())?.seq ?? 0
    const person = { name, password, stretching: quickStretching }
    const { outcome } = await linkedSignIn(linkedClient(demo, scannerId), person)
    if (outcome === "passed") passed++
    const reason = await reasonAfter(demo, head)
    reasons[reason] = (reasons[reason] ?? 0) + 1
  }
  const wrong = scenario === "genuine" ? sessions - passed : passed
  return { scenario, passed, errorRate: countedRate(wrong, sessions), reasons }
}

const REASON_WITHIN_MS = 3000

/** The last reason of a sign-in after entry `seq`; a client that finds its password wrong leaves before it is
 *  written. */
async function reasonAfter({ server }: DemoServer, seq: number): Promise<string> {
  const last = async () => (await server.deps.store.auditAfter(seq, 100)).findLast(({ event }) => event === "sign-in")
  return (await poll(last, { everyMs: 20, withinMs: REASON_WITHIN_MS }))?.reason ?? "nothing"
}
