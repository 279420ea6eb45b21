import { keepConnected } from "@sourceprint/core/async/keep-connected.js"
import { utf8 } from "@sourceprint/core/bytes.js"
import { type Kysely, sql, type Transaction } from "kysely"
import pg from "pg"
import { z } from "zod"
import type { SqlDatabase } from "../sql/database.js"
import type { Tables } from "../sql/schema.js"
import type { ChatNotice } from "./chat-store.js"

const CHANNEL = "sourceprint_chat"
/** PostgreSQL takes 7,999 bytes of text in a notification. */
const MAX_PAYLOAD = 7_500

type Said = Omit<ChatNotice, "from">

/** What servers on one PostgreSQL tell each other, by its notifications: in the transaction that did it, so that
 *  nothing is told that did not happen. A notice may be lost (a connection breaks); what matters is in the tables, and
 *  whoever listens looks there again. An embedded database has one server: nothing is sent. */
export class ChatNotices {
  constructor(
    private readonly database: SqlDatabase,
    private readonly serverId: string,
  ) {}

  async send(db: Kysely<Tables> | Transaction<Tables>, said: Said): Promise<void> {
    if (this.database.url === undefined) return
    for (const payload of payloads(this.serverId, said)) {
      await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(db)
    }
  }

  /** @returns how to stop */
  listen(onNotice: (notice: ChatNotice) => void, onGap: () => void): () => Promise<void> {
    const { url } = this.database
    if (url === undefined) return () => Promise.resolve()
    const stop = new AbortController()
    const hold = async (connected: () => void): Promise<void> => {
      const client = new pg.Client({
        connectionString: url,
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
      })
      const end = (): Promise<void> => client.end().catch(() => {}) // it is gone already
      const lost = new Promise<void>((resolve) => {
        client.on("error", () => resolve())
        client.on("end", resolve)
        stop.signal.addEventListener("abort", () => resolve(end()))
      })
      client.on("notification", ({ payload }) => {
        const notice = noticeOf(payload)
        if (notice !== undefined && notice.from !== this.serverId) onNotice(notice)
      })
      try {
        await client.connect()
        await client.query(`listen ${CHANNEL}`)
        connected()
        onGap()
        await lost
      } finally {
        void end()
      }
    }
    const kept = keepConnected(hold, { signal: stop.signal, firstMs: 100, longestMs: 5_000, steadyMs: 0 })
    return () => {
      stop.abort()
      return kept
    }
  }
}

/** Packs what is to be said into as few notifications as hold it. */
export function payloads(from: string, { rooms, added, texts }: Said): string[] {
  const packed: string[] = []
  let open = { from, rooms: [] as string[], added: [] as string[], texts: [] as string[] }
  let size = 0
  const flush = (): void => {
    if (size > 0) packed.push(JSON.stringify(open))
    open = { from, rooms: [], added: [], texts: [] }
    size = 0
  }
  const put = (key: "rooms" | "added" | "texts", value: string): void => {
    const cost = utf8(JSON.stringify(value)).length + 1
    if (size + cost > MAX_PAYLOAD - 200) flush()
    open[key].push(value)
    size += cost
  }
  for (const room of rooms) put("rooms", room)
  for (const client of added) put("added", client)
  for (const text of texts) put("texts", text)
  flush()
  return packed
}

const Notice: z.ZodType<ChatNotice> = z.object({
  from: z.string(),
  rooms: z.array(z.string()),
  added: z.array(z.string()),
  texts: z.array(z.string()),
})

/** Undefined for a payload of another program or version. */
function noticeOf(payload: string | undefined): ChatNotice | undefined {
  try {
    return Notice.safeParse(JSON.parse(payload ?? "")).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
