import assert from "node:assert/strict"
import { test } from "node:test"
import { nameFault, nameNote } from "@sourceprint/serve/web/session/name-words.js"
import { passwordStrength } from "@sourceprint/serve/web/session/password-strength.js"

test("a password looks as strong as it is hard to guess", () => {
  const level = (password: string, name = "Ada Lovelace"): number => passwordStrength(password, name).level
  assert.equal(level("Zq7!x"), 0, "short")
  assert.equal(level("12345678"), 1)
  assert.equal(level("aaaaaaaaaaaaaaaa"), 1)
  assert.equal(level("passwordpassword"), 1)
  assert.equal(level("lovelace1815"), 1, "the name counts as one letter")
  assert.ok(level("lovelace1815", "Bob") > 1)
  assert.equal(level("crooked lamp under seven bridges"), 4)
  assert.ok(level("kT4$wq9Zr") >= 2)
})

test("what cannot be a name is said in words", () => {
  assert.equal(nameFault(""), undefined)
  assert.equal(nameFault("Ада 李 🙂"), undefined)
  assert.match(nameFault("a  b") ?? "", /two spaces/)
  assert.match(nameFault("x".repeat(65)) ?? "", /65/)
  assert.match(nameFault("a\u202eb") ?? "", /cannot be seen/)
  assert.equal(nameNote("Ada"), undefined)
  assert.match(nameNote("Ａｄａ ") ?? "", /Ada$/)
})
