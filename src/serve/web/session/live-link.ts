import { signal } from "@preact/signals"
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
/** Raised by every start and stop; what belongs to an earlier one ends when it sees that. */
let generation = 0
let hurry: (() => void) | undefined

/** Waits, or less where the browser says that the network is back or the person looks at the page again. */
function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      hurry = undefined
      resolve()
    }
    const timer = setTimeout(done, forMs)
    hurry = done
  })
}

/** The next try comes now. */
export const tryNow = (): void => hurry?.()

addEventListener("online", tryNow)
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tryNow()
})

/** A fresh connection that goes on with the session of `token`; a number: come again after so many ms; undefined: the
 *  server does not know the session any more. @throws AppError as `openSession` */
export async function resumed(
  token: Uint8Array,
  onLost?: () => void,
): Promise<ClientSession | number | undefined> {
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
  void follow(++generation, token, onRefused, first)
}

async function follow(
  mine: number,
  token: Uint8Array,
  onRefused: () => void,
  first?: ClientSession,
): Promise<void> {
  let session = first
  for (let failures = 0; mine === generation; ) {
    linkState.value = session === undefined ? "connecting" : "open"
    try {
      const answer = session ?? (await resumed(token))
      session = undefined
      if (mine !== generation) return closeIf(answer)
      if (answer === undefined) return onRefused()
      if (typeof answer === "number") {
        linkState.value = "waiting"
        await pause(answer)
        continue
      }
      const opened = new ApplicationLink(answer)
      link.value = opened
      linkState.value = "open"
      const openedAtMs = performance.now()
      await opened.closed
      if (performance.now() - openedAtMs > STEADY_MS) failures = 0
      if (mine !== generation) return
      link.value = undefined
    } catch (error) {
      if (mine !== generation) return
      if (!hasCode(error, "client/unreachable") && !hasCode(error, "protocol/closed")) {
        linkFailure.value = error
        linkState.value = "stopped"
        return
      }
    }
    if (mine !== generation) return
    linkState.value = "waiting"
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++)
    await pause(longestMs * (0.5 + Math.random() / 2)) // not all at once after a restart of the server
  }
}

function closeIf(answer: ClientSession | number | undefined): void {
  if (typeof answer === "object") answer.close()
}

/** Follows no more, and hands out the open link for a last word; whoever takes it closes it. */
export function releaseLink(): ApplicationLink | undefined {
  generation++
  hurry?.()
  const released = link.value
  link.value = undefined
  linkState.value = "none"
  return released
}

/** Closes the link and follows no more. */
export function dropLink(): void {
  releaseLink()?.close()
}
