import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { PrintedLines } from "@sourceprint/serve/client/chat/printed-lines.js"

const LONG_MS = 60_000

test("a wait finds what has come since the last one, or comes later", async () => {
  const lines = new PrintedLines()
  for (const line of ["one", "two", "one again"]) lines.add(line)
  await lines.waitFor("one", LONG_MS)
  await lines.waitFor("one", LONG_MS)
  const waiting = lines.waitFor("three", LONG_MS)
  lines.add("two and a half")
  lines.add("three")
  await waiting
  // What a wait has found, and what came before it, is not found again.
  await assert.rejects(lines.waitFor("two and", 1), (e) => hasCode(e, "chat/command"))
})

test("a wait that nothing answers ends with words, and the next one works", async () => {
  const lines = new PrintedLines()
  await assert.rejects(lines.waitFor("never", 1), (e) => hasCode(e, "chat/command") && /never/.test(e.message))
  lines.add("now")
  await lines.waitFor("now", LONG_MS)
})

test("no more lines are kept than told, the newest", async () => {
  const lines = new PrintedLines(2)
  for (const line of ["a", "b", "c"]) lines.add(line)
  await assert.rejects(lines.waitFor("a", 1), (e) => hasCode(e, "chat/command"))
  await lines.waitFor("b", LONG_MS)
})
