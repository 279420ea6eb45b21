import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { applicationRequest, Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { asked } from "@sourceprint/protocol/calls.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { type OperatorRequest, operatorCalls } from "@sourceprint/protocol/operator/operator-messages.js"
import { operatorChannel } from "../server/operator/operator-channel.js"
import type { Attack, AttackTarget, Bounds } from "./attack.js"

const QUARTER_HOUR_MS = 15 * 60_000

/** A sign-in of the victim that passes: the connection and the token of its session. */
async function passedSession(target: AttackTarget): Promise<{ session: ClientSession; token: Uint8Array }> {
  const { victim, stretching, deps } = target
  const session = await target.session()
  const step = await session.signIn({ ...victim, stretching })
  if (step.type !== MessageType.challenge) throw new Error(`${step.type} where a challenge was due`)
  const shown = { image: target.freshImpression(), takenAtMs: deps.clock.nowMs() }
  const decision = await session.capture(step, victim.device, shown)
  if (decision.type !== MessageType.decision || decision.outcome !== Outcome.pass) {
    throw new Error("the victim could not sign in")
  }
  return { session, token: decision.token }
}

async function resumed(target: AttackTarget, token: Uint8Array): Promise<ClientSession> {
  const session = await target.session()
  const answer = await session.resume(token)
  if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) throw new Error("the token is refused")
  return session
}

/** Whether the work was done; refusals and the end of the connection are the server's no. */
async function works(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof AppError && /^(protocol|application)\//.test(error.code)) return false
    throw error
  }
}

/** Captures of a further finger until a decision that ends it. @param between called after the first capture */
async function addsFinger(
  target: AttackTarget,
  session: ClientSession,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const { victim, deps } = target
  let passed = false
  await works(async () => {
    let step = await session.addFinger("left-thumb")
    while (step.type === MessageType.challenge) {
      const shown = { image: target.freshImpression(), takenAtMs: deps.clock.nowMs() }
      const decision = await session.capture(step, victim.device, shown)
      if (decision.type !== MessageType.decision || decision.outcome !== Outcome.retry) {
        passed = decision.type === MessageType.decision && decision.outcome === Outcome.pass
        return
      }
      await between()
      step = await session.nextChallenge()
    }
  })
  return passed
}

const end = async (target: AttackTarget, token: Uint8Array): Promise<void> => {
  await target.server().deps.store.revokeSession(toHex(await target.deps.crypto.sha256(token)))
}

const nothing = { registryFolder: "", reportsFolder: "", experiments: noLines, captures: noLines }

function noLines(): Promise<[]> {
  return Promise.resolve([])
}

/** Clients' clocks stay where they are while the server's goes on. */
const bounds: Bounds = { tuning: { policy: { maxSkewMs: 7 * 86_400_000 }, channels: [operatorChannel(nothing)] } }

const oldSession: Attack = {
  id: "old-session",
  title: "a stolen token: fingers and codes by an old sign-in, by one that was ended, or ended in the middle",
  alone: true,
  bounds,
  async run(target, attempt) {
    const { session, token } = await passedSession(target)
    const { crypto, clock } = target.deps
    switch (attempt % 4) {
      case 0:
        target.advanceClock(QUARTER_HOUR_MS + 1000)
        return await addsFinger(target, await resumed(target, token))
      case 1: {
        const stolen = await resumed(target, token)
        await end(target, token)
        return await addsFinger(target, stolen)
      }
      case 2:
        return await addsFinger(target, session, () => end(target, token))
      default: {
        const stolen = new AccountClient(new ApplicationLink(await resumed(target, token)), crypto, clock)
        await stolen.overview()
        await end(target, token)
        return await works(() => stolen.overview())
      }
    }
  },
}

const endedConnections: Attack = {
  id: "ended-session-listens",
  title: "connections of a session that its owner ends, or of an account that is disabled, stay open",
  alone: true,
  bounds,
  async run(target, attempt) {
    const own = { ...target, victim: await target.enrol(`Victim ${attempt}`) }
    const { session } = await passedSession(own)
    const owner = new ApplicationLink(session)
    const stolen = await passedSession(own)
    const listener = new ApplicationLink(await resumed(own, stolen.token))
    await listener.request(Channel.account, overviewBody())
    const account = new AccountClient(owner, own.deps.crypto, own.deps.clock)
    if (attempt % 2 === 0) {
      const id = toHex(await own.deps.crypto.sha256(stolen.token))
      await account.endSession(id)
    } else await account.deleteAccount(own.victim.name)
    let open = true
    const late = delay(3000)
    await Promise.race([listener.closed.then(() => (open = false)), late])
    owner.close()
    return open
  },
}

/** accountCalls: overview. */
const overviewBody = (): Uint8Array => Uint8Array.of(1)

const madeOperator = { atMs: 0, event: "admin", reason: "operator-made" }

const oldOperator: Attack = {
  id: "old-operator-session",
  title: "an operator's stolen token, older than a quarter of an hour: codes, devices, accounts",
  alone: true,
  bounds,
  async run(target, attempt) {
    const { token } = await passedSession(target)
    const { store } = target.server().deps
    const account = await store.accountByName(nameKey(target.victim.name))
    await store.updateAccount(account?.id ?? "", { operator: true }, madeOperator)
    target.advanceClock(QUARTER_HOUR_MS + 1000)
    const link = new ApplicationLink(await resumed(target, token))
    const requests: readonly OperatorRequest[] = [
      { ask: "make-code", hours: 24 },
      { ask: "revoke-device", deviceId: target.otherDevice.deviceId },
    ]
    const request = inTurn(requests, attempt)
    const done = await works(() => asked(operatorCalls, request, (body) => link.request(Channel.operator, body)))
    link.close()
    return done
  },
}

const UNREAD_CONNECTIONS = 40
const BULK_BYTES = 400_000
const BULK_CHANNEL = 100
/** What one token may have the server make without reading any of it: its part of memory, and what sockets hold. */
const MAX_UNREAD_BYTES = 250e6

const unreadAnswers: Attack = {
  id: "unread-answers",
  title: "one token, many connections that ask for much and read nothing",
  alone: true,
  async run(target) {
    let madeBytes = 0
    const answer = new Uint8Array(BULK_BYTES)
    const bulk = {
      id: BULK_CHANNEL,
      handler: () => {
        madeBytes += BULK_BYTES
        return Promise.resolve(answer)
      },
      stop: () => Promise.resolve(),
    }
    return await target.elsewhere({ tuning: { channels: [() => bulk] } }, async (own) => {
      const { session, token } = await passedSession(own)
      const connections = [session]
      while (connections.length < UNREAD_CONNECTIONS) connections.push(await resumed(own, token))
      for (const [n, connection] of connections.entries()) {
        for (let id = 1; id <= 60; id++) {
          const payload = applicationRequest.encode({ id, body: Uint8Array.of(n) })
          await connection.sendApplication(BULK_CHANNEL, payload)
        }
      }
      for (let before = -1; before !== madeBytes; ) {
        before = madeBytes
        await delay(1500)
      }
      for (const connection of connections) connection.close()
      return madeBytes > MAX_UNREAD_BYTES
    })
  },
}

export const sessionAttacks: readonly Attack[] = [oldSession, endedConnections, oldOperator, unreadAnswers]
