import assert from "node:assert/strict"
import { test } from "node:test"
import type { ChatEntry, EntryBody } from "@sourceprint/protocol/chat/room/room-record.js"
import { entryNotices } from "@sourceprint/protocol/chat/view/entry-notices.js"
import { entrySummary } from "@sourceprint/protocol/chat/view/entry-summary.js"
import { withoutIsolates } from "@sourceprint/protocol/chat/view/isolated.js"
import { timelineRows } from "@sourceprint/protocol/chat/view/timeline-rows.js"
import { isBiometric, verifiedWords } from "@sourceprint/protocol/chat/view/verified-words.js"

const [ADA, BOB] = ["a".repeat(32), "b".repeat(32)]
const NOON = new Date(2026, 10, 22, 12).getTime()
const MINUTE = 60_000

const entry = (seq: number, accountId: string, body: EntryBody, atMs = NOON + seq * 1000): ChatEntry => ({
  seq,
  id: String(seq).padStart(32, "0"),
  sender: { accountId, name: accountId === ADA ? "Ada" : "Bob", clientId: accountId },
  timeMs: atMs,
  sentAtMs: atMs,
  body,
})
const text = (words: string): EntryBody => ({ type: "text", text: words })
const person = (accountId: string, name: string, device = false, newKey = false) => ({
  accountId,
  name,
  clientId: accountId,
  device,
  newKey,
})
const words = (body: EntryBody, sender = BOB, leaving?: ReadonlySet<string>): string[] =>
  entryNotices(entry(1, sender, body), ADA, leaving).map((notice) => withoutIsolates(notice.text))

test("how a person was verified", () => {
  assert.equal(verifiedWords(["password"]), "password only")
  assert.equal(verifiedWords(["scanner", "password", "finger"]), "finger + scanner")
  assert.equal(verifiedWords(["password", "face"]), "face")
  assert.equal(verifiedWords(["password", "passkey", "recovery"]), "passkey + recovery code")
  assert.ok(isBiometric(["password", "face"]) && isBiometric(["finger"]) && !isBiometric(["passkey"]))
})

test("who came and went, in words; a leaver is not said to be removed", () => {
  const added = [person(ADA, "Ada"), person("c".repeat(32), "Cy"), person("d".repeat(32), "Di")]
  assert.deepEqual(words({ type: "members", added, removed: [] }), ["Bob added you, Cy and Di"])
  assert.deepEqual(words({ type: "members", added: [], removed: [person(BOB, "Bob")] }, ADA), ["You removed Bob"])
  assert.deepEqual(words({ type: "members", added: [], removed: [person(BOB, "Bob")] }, ADA, new Set([BOB])), [])
  assert.deepEqual(words({ type: "members", added: [person(BOB, "Bob", true)], removed: [] }), [
    "Bob is here on a further device",
  ])
  assert.match(
    words({ type: "members", added: [person(BOB, "Bob", true, true)], removed: [] }).join(),
    /not seen before/,
  )
  assert.match(
    words({ type: "members", added: [person(ADA, "Ada", true, true)], removed: [] }).join(),
    /change your password/,
  )
  assert.deepEqual(words({ type: "quiet" }), [])
  assert.deepEqual(words({ type: "roomInfo", kind: "direct", name: "" }), [])
  assert.equal(entrySummary(entry(1, BOB, text(" two\n lines ")), ADA), "two lines")
  const [fileId, key, sha256] = [new Uint8Array(16), new Uint8Array(32), new Uint8Array(32)]
  const file = { fileId, key, sha256, sizeBytes: 1, name: "invoice\u202efdp.exe", type: "" }
  assert.equal(entrySummary(entry(1, BOB, { type: "file", file }), ADA), "File: invoice_fdp.exe")
})

test("rows: a line a day, one where the new begins, runs of one sender", () => {
  const next = NOON + 24 * 60 * MINUTE
  const entries = [
    entry(1, ADA, text("a")),
    entry(2, ADA, text("b")),
    entry(3, BOB, { type: "quiet" }),
    entry(4, BOB, text("c")),
    entry(5, BOB, text("d"), NOON + 10 * MINUTE),
    entry(6, ADA, text("own")),
    entry(7, BOB, { type: "leave" }, next),
    entry(8, ADA, { type: "members", added: [], removed: [person(BOB, "Bob")] }, next),
  ]
  const shown = timelineRows(entries, ADA, 4).map((row) =>
    row.kind === "message" ? `${row.entry.seq}${row.first ? " first" : ""}${row.own ? " own" : ""}` : row.kind,
  )
  assert.deepEqual(shown, [
    "day",
    "1 first own",
    "2 own",
    "4 first",
    "unread",
    "5 first",
    "6 first own",
    "day",
    "notice",
  ])
  const keys = timelineRows(entries, ADA, 4).map(({ key }) => key)
  assert.equal(new Set(keys).size, keys.length)
  assert.ok(!timelineRows(entries, ADA, undefined).some(({ kind }) => kind === "unread"))
})
