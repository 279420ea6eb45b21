import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { wireExamples } from "../support/wire-examples.js"

/** What the field-by-field codecs wrote that stood here before the tables did (docs/protocol.md, version 1). */
const { bytes } = JSON.parse(await readFile("test/vectors/wire/version-1.json", "utf8")) as {
  readonly bytes: Readonly<Record<string, string>>
}

test("every message of every channel, and every stored record, has the bytes it always had", () => {
  assert.deepEqual(
    Object.keys(bytes),
    wireExamples.map(({ name }) => name),
  )
  for (const { name, value, encode, decode } of wireExamples) {
    assert.equal(toHex(encode()), bytes[name], name)
    assert.deepEqual(structuredClone(decode(fromHex(bytes[name]))), structuredClone(value), name)
  }
})
