import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { loadMatcher, matchersOf } from "@sourceprint/match/registry.js"

test("an unknown matcher is refused by name", async () => {
  await assert.rejects(loadMatcher("fingerprint", "tea-leaves"), (e) => hasCode(e, "match/unknown-matcher"))
})

test("every entry loads the matcher it announces", async () => {
  for (const modality of ["fingerprint", "face"] as const) {
    for (const entry of matchersOf(modality)) {
      const matcher = await entry.load()
      assert.equal(matcher.id, entry.id)
      assert.equal(matcher.modality, modality)
    }
  }
})
