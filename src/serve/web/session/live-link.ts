import { signal } from "@preact/signals"
import { delay } from "@sourceprint/core/async/delay.js"
import { keepConnected } from "@sourceprint/core/async/keep-connected.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { openSession } from "./open-session.js"

/** The open link to the server; undefined while there is none. A lost one is replaced under the same session: whoever
 *  uses it reads this signal and starts again on the new one. */
export const link = signal<ApplicationLink | undefined>(undefined)
/** "waiting": the last try failed, the next one comes by itself. "stopped": no further try, see `linkFailure`. */
export const linkState = signal<"none" | "connecting" | "open" | "waiting" | "stopped">("none")
/** Why there is no further try: not the server it was, or not our protocol. */
export const linkFailure = signal<unknown>(undefined)

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A link that lived so long was a good one: the next wait is short again. */
const STEADY_MS = 10_000
/** Aborted by every start and stop. */
let following = new AbortController()
let hurry: (() => void) | undefined

/** Waits, or less where the browser says that the network is back or the person looks at the page again. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  const hurried = new AbortController()
  hurry = () => hurried.abort()
  return delay(forMs, AbortSignal.any([signal, hurried.signal]))
}

/** The next try comes now. */
export const tryNow = (): void => hurry?.()

addEventListener("online", tryNow)
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tryNow()
})

/** A fresh connection that continues with the session of `token`; a number: come again after so many ms; undefined: the
 *  server does not know the session any more. @throws AppError as `openSession` */
export async function resumed(token: Uint8Array, onLost?: () => void): Promise<ClientSession | number | undefined> {
  const session = await openSession(onLost)
  try {
    const answer = await session.resume(token)
    if (answer.type === MessageType.decision && answer.outcome === Outcome.pass) return session
    session.close()
    return answer.type === MessageType.busy ? answer.retryAfterMs : undefined
  } catch (error) {
    session.close()
    throw error
  }
}

/** Keeps a link under the session of `token` until `dropLink`. @param first a session that has just passed
 *  @param onRefused the server does not know the session any more */
export function followLink(token: Uint8Array, onRefused: () => void, first?: ClientSession): void {
  dropLink()
  const stop = new AbortController()
  const { signal } = stop
  following = stop
  let next = first
  const hold = async (connected: () => void): Promise<void> => {
    linkState.value = next === undefined ? "connecting" : "open"
    const answer = next ?? (await resumed(token))
    next = undefined
    if (signal.aborted) return typeof answer === "object" ? answer.close() : undefined
    if (answer === undefined) {
      stop.abort()
      return onRefused()
    }
    if (typeof answer === "number") {
      linkState.value = "waiting"
      await pause(answer, signal)
      return signal.aborted ? undefined : hold(connected)
    }
    const opened = new ApplicationLink(answer)
    link.value = opened
    linkState.value = "open"
    connected()
    await opened.closed
    if (!signal.aborted) link.value = undefined
  }
  keepConnected(hold, {
    firstMs: FIRST_WAIT_MS,
    longestMs: LONGEST_WAIT_MS,
    jitter: 0.5,
    steadyMs: STEADY_MS,
    signal,
    sleep: pause,
    mayPass: (error) => hasCode(error, "client/unreachable") || hasCode(error, "protocol/closed"),
    onLost() {
      linkState.value = "waiting"
    },
  }).catch((error: unknown) => {
    linkFailure.value = error
    linkState.value = "stopped"
  })
}

/** Follows no more, and hands out the open link for a last message; whoever takes it closes it. */
export function releaseLink(): ApplicationLink | undefined {
  following.abort()
  const released = link.value
  link.value = undefined
  linkState.value = "none"
  return released
}

/** Closes the link and follows no more. */
function dropLink(): void {
  releaseLink()?.close()
}
