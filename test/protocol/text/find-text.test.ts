import assert from "node:assert/strict"
import { test } from "node:test"
import { textFinder } from "@sourceprint/protocol/text/find-text.js"
import fc from "fast-check"

test("case, width and accents make no difference; every word has to be there", () => {
  for (const [query, text] of [
    ["creme BRULEE", "Crème brûlée, oui"],
    ["brulee oui", "Crème brûlée, oui"],
    ["ｆｕｌｌ", "FULL width"],
    ["й", "Йод"],
    ["你好", "说你好的人"],
    ["नमस्ते", "कहो नमस्ते"],
    ["مرحبا", "قال مرحبا"],
  ]) {
    assert.ok(textFinder(query)(text), `${query} in ${text}`)
  }
  assert.ok(!textFinder("oui non")("oui"))
  assert.ok(!textFinder("की")("का")) // another vowel sign is another word
  assert.ok(!textFinder("  ")("anything"))
})

test("a word of a text is found in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, pick) => {
      const words = text.split(/\s+/u).filter((word) => word !== "" && /[\p{L}\p{N}]/u.test(word))
      if (words.length > 0) assert.ok(textFinder(words[pick % words.length])(text))
    }),
  )
})
