import { rest, str8, struct, type UnionOf, u32, union, where, whole } from "../codec.js"
import { FrameLimit } from "../frame.js"

/** What travels inside `application` messages. docs/protocol.md, Application channels */
export const Channel = { keepAlive: 0, chat: 1, files: 2, operator: 3, account: 4 } as const

/** The largest body of a request or an answer: a session's frame less the record's 17 bytes, the application message's
 *  6 and 5 of ours. */
export const MAX_APPLICATION_BODY_BYTES = FrameLimit.session - 17 - 6 - 5

/** The server sends an empty keep-alive so often, and the client answers it; an end that hears nothing for
 *  `SILENCE_MS` takes the other for dead. */
export const KEEP_ALIVE_MS = 20_000
export const SILENCE_MS = 55_000

/** Ids of requests begin at 1; 0 stands for what nobody asked for. */
const requestId = where(u32, (id) => id > 0, "an id above 0")
const eventId = where(u32, (id) => id === 0, "0")

const answers = {
  ok: [0, { body: rest }],
  /** The answer is no; `code` is for programs, `words` for people. */
  refused: [1, { code: str8, words: str8 }],
  /** Nothing was done; ask again later. */
  busy: [2, {}],
} as const
export type Answer = UnionOf<typeof answers, "status">

/** Bodies are views. */
export const applicationRequest = whole(struct({ id: requestId, body: rest }))
export const applicationAnswer = whole(struct({ id: requestId, answer: union(answers, "status") }))
export const applicationEvent = whole(struct({ id: eventId, body: rest }))
