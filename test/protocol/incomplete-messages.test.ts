import assert from "node:assert/strict"
import { test } from "node:test"
import { compileIncomplete, incompleteMessages } from "../support/incomplete-messages.js"

test("a message without its fields, direction, answer or handler does not compile", async () => {
  const said = await compileIncomplete()
  assert.equal(said.get("as it is"), "")
  for (const { what, says } of incompleteMessages) assert.match(said.get(what) ?? "", says, what)
})
