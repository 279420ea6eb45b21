import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type Figure, holds } from "../../bench/prove/claim.js"
import { chatLoad } from "../../bench/prove/live-chat/chat-load.js"
import { crashChat } from "../../bench/prove/live-chat/crash-chat.js"
import { findings, plantedText } from "../../bench/prove/live-chat/planted-text.js"
import { freshDatabase } from "../support/fresh-postgres.js"
import { PATIENCE_MS } from "../support/patience.js"
import { throwawayPostgres, withoutPostgres } from "../support/throwaway-postgres.js"

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())

const figuresHold = (measure: (folder: string) => Promise<readonly Figure[]>) => async () => {
  const folder = await mkdtemp(join(tmpdir(), "live-chat-"))
  try {
    for (const figure of await measure(folder)) {
      assert.ok(holds(figure), `${figure.name}: ${figure.value} ${figure.unit} ${figure.note ?? ""}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
const logLine = (): void => {}
const crash = { kills: 2, people: 3, lifeMs: [300, 600], pauseMs: 60, logLine } as const

test(
  "a server killed twice during traffic: no message lost, none doubled, one order",
  figuresHold((folder) => crashChat({ ...crash, folder, store: join(folder, "s.db"), servers: 1 })),
)

test(
  "two servers on one PostgreSQL, each killed once: clients go to the other, nothing is lost or doubled",
  { skip: withoutPostgres },
  figuresHold(async (folder) =>
    crashChat({ ...crash, folder, store: await freshDatabase(cluster?.url ?? ""), servers: 2 }),
  ),
)

test(
  "10 clients in 2 rooms, 10 messages a second: every delivery arrives", // how fast: npm run prove -- chat 3
  figuresHold((folder) => {
    const size = {
      rooms: 2,
      membersPerRoom: 5,
      perSecond: 10,
      forMs: 2000,
      workers: 1,
      p99BoundMs: PATIENCE_MS,
    }
    return chatLoad({ ...size, folder, store: join(folder, "s.db"), logLine })
  }),
)

test(
  "planted texts, room names and file names are nowhere in the server's files or on the wire",
  figuresHold((folder) => plantedText(folder, join(folder, "s.db"))),
)

test("the search for planted text finds it however it is written", () => {
  const text = "planted кириллица 🪴 0a1b"
  const base64 = (prefix: string): Buffer => Buffer.from(Buffer.from(`${prefix}${text} and more`).toString("base64"))
  const hidden = [
    Buffer.from(`before ${text} after`),
    Buffer.from(text, "utf16le"),
    Buffer.from(Buffer.from(text).toString("hex")),
    base64(""),
    base64("x"),
    base64("xy"),
  ]
  for (const haystack of hidden) assert.ok(findings(haystack, [text]) > 0, haystack.toString("latin1"))
  assert.equal(findings(Buffer.from("planted nothing"), [text]), 0)
})
