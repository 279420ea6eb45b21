import type { Clock } from "@sourceprint/core/clock.js"
import type { AppError } from "@sourceprint/core/errors.js"
import type { Store, StoredSession } from "../../store/store.js"
import { refusal } from "./channel.js"
import type { Needs } from "./needs.js"

/** A sign-in is fresh enough to change the ways in for so long. */
export const FRESH_MS = 15 * 60_000

/** Whether a session may have a message handled. Every message of every channel is asked about here when its turn
 *  comes, and nowhere else; the store is read each time, so an end elsewhere counts at once. */
export class SessionGuard {
  constructor(
    private readonly deps: { readonly store: Store; readonly clock: Clock },
    private readonly session: StoredSession,
  ) {}

  /** Undefined where it may; else the refusal: "session" (ended or expired, its device is revoked, its account is
   *  disabled or deleted), "sign-in-again", "operator". */
  async refusal({ fresh = false, operator = false }: Needs): Promise<AppError | undefined> {
    const { store, clock } = this.deps
    const nowMs = clock.nowMs()
    const session = await store.session(this.session.tokenHash, nowMs)
    if (session === undefined) return refusal("session", "the session has ended; sign in again")
    if (operator) {
      const account = await store.account(session.accountId)
      if (account?.operator !== true || account.disabled) {
        return refusal("operator", "only operators may see this; operators are made at the server's command line")
      }
    }
    if (fresh && nowMs > session.createdAtMs + FRESH_MS) {
      return refusal("sign-in-again", "for this please sign in again: it has been a while")
    }
    return undefined
  }
}

export const isSessionEnd = (error: AppError): boolean => error.code === "refused/session"
