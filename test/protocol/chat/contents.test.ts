import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import {
  type ChatContent,
  ContentLimit,
  isEmoji,
  isOfNewerVersion,
  utterance,
} from "@sourceprint/protocol/chat/contents.js"
import { cleanLine, cleanText } from "@sourceprint/protocol/chat/plain-text.js"
import fc from "fast-check"

const text = fc.string({ unit: "binary", maxLength: 60 })
const id = fc.stringMatching(/^[0-9a-f]{32}$/)
const sha256 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const content: fc.Arbitrary<ChatContent> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: text.map(cleanText) }),
  fc.record({
    type: fc.constant("file" as const),
    file: fc.record({
      fileId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      key: sha256,
      sha256,
      name: fc.string({ unit: "grapheme", maxLength: 20 }),
      type: fc.constantFrom("", "image/png", "application/x-7z-compressed"),
      sizeBytes: fc.nat(),
    }),
  }),
  fc.record({
    type: fc.constant("roomInfo" as const),
    kind: fc.constantFrom("room" as const, "direct" as const),
    name: text.map(cleanLine).filter((line) => utf8(line).length <= ContentLimit.roomNameBytes),
  }),
  fc.record({ type: fc.constant("leave" as const) }),
  fc.record({ type: fc.constant("safety" as const), accountId: id, numberSha256: sha256 }),
  fc.record({
    type: fc.constant("about" as const),
    messageId: id,
    action: fc.oneof(
      fc.record({ type: fc.constantFrom("reply" as const, "edit" as const), text: text.map(cleanText) }),
      fc.constant({ type: "delete" as const }),
      fc.record({
        type: fc.constant("reaction" as const),
        emoji: fc.constantFrom("👍", "❤️", "👩‍👩‍👧‍👦"),
        on: fc.boolean(),
      }),
    ),
  }),
)
const anyUtterance = fc.record({ sentAtMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }), content })

test("every utterance round-trips; no cut of one is one; changed bytes decode to themselves or to nothing", () => {
  fc.assert(
    fc.property(anyUtterance, fc.nat(), fc.nat({ max: 255 }), (said, at, byte) => {
      const bytes = utterance.encode(said)
      assert.deepEqual(utterance.decode(bytes), structuredClone(said))
      assert.equal(utterance.decode(bytes.subarray(0, at % bytes.length)), undefined)
      const changed = bytes.with(at % bytes.length, byte)
      const other = utterance.decode(changed)
      if (other !== undefined) assert.deepEqual(utterance.encode(other), changed)
    }),
    { numRuns: 500, seed: 7 },
  )
})

test("random bytes never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 6 }), (noise, kind) => {
      utterance.decode(noise)
      utterance.decode(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, kind, ...noise))
    }),
    { numRuns: 1_000, seed: 7 },
  )
})

test("text keeps every language and emoji and loses what deceives; cleaning twice changes nothing", () => {
  const whole = "שלום, 你好, हिन्दी, 👩‍👩‍👧‍👦 🏳️‍🌈\n\tएक \u2067rtl\u2069 \u200f"
  assert.equal(cleanText(whole), whole)
  assert.equal(cleanText("a\r\nb\rc\u2028d\u0085e"), "a\nb\nc\nd\ne")
  assert.equal(cleanText("photo\u202egpj.exe\u0000\u001b[31m\u007f"), "photogpj.exe[31m")
  assert.equal(cleanText("half \ud83d of one"), "half \ufffd of one")
  assert.equal(cleanLine("  two\n lines\t here "), "two lines here")
  fc.assert(
    fc.property(text, (any) => {
      assert.equal(cleanText(cleanText(any)), cleanText(any))
      assert.equal(cleanLine(cleanLine(any)), cleanLine(any))
      for (const one of cleanText(any)) {
        const point = one.codePointAt(0) ?? 0
        assert.ok(one === "\n" || one === "\t" || (point >= 32 && (point < 127 || point > 159)))
        assert.ok(point < 0x202a || point > 0x202e)
      }
    }),
    { seed: 7 },
  )
})

test("text that was not cleaned, or is too long, is neither written nor read", () => {
  const say = (said: string) => utterance.encode({ sentAtMs: 0, content: { type: "text", text: said } })
  assert.throws(() => say("a\u202eb"), RangeError)
  assert.throws(() => say("x".repeat(ContentLimit.textBytes + 1)), RangeError)
  const bytes = say("a\u200eb")
  const at = bytes.indexOf(0x8e)
  assert.equal(utterance.decode(bytes.with(at, 0xae)), undefined) // U+200E turned into U+202E by one byte
})

test("content of an unknown code is told apart from malformed content of a known one", () => {
  const bytes = utterance.encode({ sentAtMs: 2 ** 50, content: { type: "text", text: "good morning" } })
  for (let code = 0; code < 256; code++) {
    const changed = bytes.with(8, code)
    const known = code >= 1 && code <= 6
    if (code !== 6) assert.equal(isOfNewerVersion(changed), code !== 0 && !known, `code ${code}`)
    if (code !== 1) assert.equal(utterance.decode(changed), undefined, `code ${code}`)
  }
  assert.equal(isOfNewerVersion(bytes.subarray(0, 8)), false)
  const about = utterance.encode({
    sentAtMs: 0,
    content: { type: "about", messageId: "0".repeat(32), action: { type: "delete" } },
  })
  for (let code = 0; code < 256; code++) {
    assert.equal(isOfNewerVersion(about.with(25, code)), code > 4, `action ${code}`)
  }
})

test("a reaction is one emoji, not words, not blanks, not two", () => {
  for (const sign of ["👍", "👍🏽", "❤️", "❤", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "1️⃣", "⚠️"]) assert.ok(isEmoji(sign), sign)
  for (const sign of ["", " ", "a", "no", "👍👎", "👍 ", "👍\u200d", "\u200d", "\ufe0f", "🇩", "1", "👩".repeat(20)]) {
    assert.ok(!isEmoji(sign), JSON.stringify(sign))
  }
})
