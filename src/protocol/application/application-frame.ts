import { concat, u32 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "../byte-reader.js"
import { FrameLimit } from "../frame.js"
import { str8 } from "../message-fields.js"

/** What travels inside `application` messages. docs/protocol.md, Application channels */
export const Channel = { keepAlive: 0, chat: 1, files: 2, operator: 3, account: 4 } as const

/** The largest body of a request or an answer: a session's frame less the record's 17 bytes, the application message's
 *  6 and 5 of ours. */
export const MAX_APPLICATION_BODY_BYTES = FrameLimit.session - 17 - 6 - 5

/** The server sends an empty keep-alive so often, and the client answers it; an end that hears nothing for
 *  `SILENCE_MS` takes the other for dead. */
export const KEEP_ALIVE_MS = 20_000
export const SILENCE_MS = 55_000

const Status = { ok: 0, refused: 1, busy: 2 } as const

export type Answer =
  | { readonly status: "ok"; readonly body: Uint8Array }
  /** The answer is no; `code` is for programs, `words` for people. */
  | { readonly status: "refused"; readonly code: string; readonly words: string }
  /** Nothing was done; ask again later. */
  | { readonly status: "busy" }

export const encodeRequest = (id: number, body: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat([u32(id), body])

/** Undefined for anything malformed; ids begin at 1. The body is a view. */
export function decodeRequest(payload: Uint8Array): { id: number; body: Uint8Array } | undefined {
  if (payload.length < 4) return undefined
  const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
  return id === 0 ? undefined : { id, body: payload.subarray(4) }
}

export function encodeAnswer(id: number, answer: Answer): Uint8Array<ArrayBuffer> {
  const head = (status: number): Uint8Array => concat([u32(id), Uint8Array.of(status)])
  switch (answer.status) {
    case "ok":
      return concat([head(Status.ok), answer.body])
    case "refused":
      return concat([head(Status.refused), str8(answer.code), str8(answer.words)])
    case "busy":
      return concat([head(Status.busy)])
  }
}

export const encodeEvent = (body: Uint8Array): Uint8Array<ArrayBuffer> => concat([u32(0), body])

export type FromServer =
  | { readonly kind: "event"; readonly body: Uint8Array }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }

/** Undefined for anything malformed. */
export function decodeFromServer(payload: Uint8Array): FromServer | undefined {
  if (payload.length < 4) return undefined
  const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
  if (id === 0) return { kind: "event", body: payload.subarray(4) }
  const rest = payload.subarray(5)
  switch (payload[4]) {
    case Status.ok:
      return { kind: "answer", id, answer: { status: "ok", body: rest } }
    case Status.busy:
      return rest.length === 0 ? { kind: "answer", id, answer: { status: "busy" } } : undefined
    case Status.refused: {
      const reader = new ByteReader(rest)
      const answer = { status: "refused", code: reader.str8(), words: reader.str8() } as const
      return reader.finish<FromServer>({ kind: "answer", id, answer })
    }
    default:
      return undefined
  }
}
