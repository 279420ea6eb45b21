import assert from "node:assert/strict"
import { test } from "node:test"
import { whole } from "@sourceprint/protocol/codec.js"
import {
  encodeFactorSet,
  type FactorSet,
  factorSet,
  isUnionOfFactorPolicies,
} from "@sourceprint/protocol/factor-set.js"

const decodeFactorSet = (byte: number) => whole(factorSet).decode(Uint8Array.of(byte))

test("a factor set is a byte; unknown bits, no password and a scanner without a finger are none", () => {
  assert.equal(encodeFactorSet(["password", "finger", "scanner"]), 0x07)
  assert.deepEqual(decodeFactorSet(0x09), ["password", "face"])
  for (const byte of [0x00, 0x02, 0x05, 0x21, 0x80]) assert.equal(decodeFactorSet(byte), undefined)
  for (let byte = 0; byte < 256; byte++) {
    const set = decodeFactorSet(byte)
    if (set !== undefined) assert.equal(encodeFactorSet(set), byte)
  }
})

test("a choice is one of the ways or several together, nothing less and nothing more", () => {
  const finger: FactorSet = ["password", "finger", "scanner"]
  const face: FactorSet = ["password", "face"]
  const factorPolicies = [finger, face]
  for (const chosen of [finger, face, [...finger, "face"] as const]) {
    assert.equal(isUnionOfFactorPolicies(chosen, factorPolicies), true)
  }
  const wrong: FactorSet[] = [
    ["password"],
    ["password", "finger"],
    ["password", "finger", "face"],
    [],
    ["password", "face", "passkey"],
  ]
  for (const chosen of wrong) assert.equal(isUnionOfFactorPolicies(chosen, factorPolicies), false)
  assert.equal(isUnionOfFactorPolicies(["password"], [["password"], face]), true)
})
