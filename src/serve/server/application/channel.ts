import { utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Account, StoredSession } from "../../store/store.js"
import type { Needs } from "./needs.js"

/** One connection as a channel's handler sees it; the same object for every request of that connection and channel. */
export interface ChannelContext {
  readonly account: Account
  readonly session: StoredSession
  /** Without the port. */
  readonly clientAddress: string
  /** Sends an event. A peer that reads too slowly is dropped; after the end the event is dropped. */
  sendEvent(body: Uint8Array): void
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<void>
  /** Asked before every request; again before what took long is stored. @throws AppError a refusal */
  require(needs: Needs): Promise<void>
  /** Drops the connection. */
  close(): void
}

/** Answers one request. Requests of one connection and channel are handled one after the other. Throw `refusal` or
 *  `busy` for those answers; any other error is a fault of ours: logged, answered as a refusal "fault". */
export type ChannelHandler = (context: ChannelContext, body: Uint8Array) => Promise<Uint8Array>

const REFUSED = "refused/"

/** The answer is no. @param code for programs: lower-case words with `-` @param words for people, at most 255 bytes */
export function refusal(code: string, words: string): AppError {
  if (utf8(words).length > 255 || code.length > 64) throw new RangeError(`words too long for an answer: ${words}`)
  return new AppError(`${REFUSED}${code}`, words)
}

/** Nothing was done; the peer may ask again later. */
export const busy = (): AppError => new AppError("busy", "the server is busy")

/** Code and words of a refusal, or undefined for any other error. */
export function refusalOf(error: unknown): { readonly code: string; readonly words: string } | undefined {
  if (!(error instanceof AppError) || !error.code.startsWith(REFUSED)) return undefined
  const suffix = ` [${error.code}]`
  return { code: error.code.slice(REFUSED.length), words: error.message.slice(0, -suffix.length) }
}
