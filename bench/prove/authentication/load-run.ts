import { delay } from "@sourceprint/core/async/delay.js"
import { defined } from "@sourceprint/core/defined.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { AttackTarget } from "@sourceprint/serve/trial/attack.js"

export interface LoadFigures {
  readonly clients: number
  readonly signIns: number
  readonly refused: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU of this process, server and clients together, for one sign-in. */
  readonly cpuMsPerSignIn: number
}

/** One sign-in, waiting where the server says busy. */
async function signInOnce(target: AttackTarget): Promise<boolean> {
  const { victim, deps, stretching } = target
  const session = await ClientSession.open(deps, await target.connect())
  try {
    const answer = await session.signIn({ ...victim, stretching })
    if (answer.type !== MessageType.challenge)
      return answer.type === MessageType.decision && answer.outcome === Outcome.pass
    const shown = { image: target.freshImpression(), takenAtMs: deps.clock.nowMs() }
    for (;;) {
      const decision = await session.capture(answer, victim.device, shown)
      if (decision.type === MessageType.decision) return decision.outcome === Outcome.pass
      await delay(decision.retryAfterMs)
    }
  } finally {
    session.close()
  }
}

/** `clients` sign in one after another, side by side, until `signIns` are done. */
export async function runLoad(target: AttackTarget, clients: number, signIns: number): Promise<LoadFigures> {
  const latencies: number[] = []
  let next = 0
  let refused = 0
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const client = async (): Promise<void> => {
    while (next++ < signIns) {
      const beganMs = performance.now()
      if (!(await signInOnce(target))) refused++
      latencies.push(performance.now() - beganMs)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const tookMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(cpuBefore)
  latencies.sort((a, b) => a - b)
  const at = (q: number): number => defined(latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))])
  return {
    clients,
    signIns,
    refused,
    perSecond: (1000 * signIns) / tookMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMsPerSignIn: (user + system) / 1000 / signIns,
  }
}
