import assert from "node:assert/strict"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { AppError } from "@sourceprint/core/errors.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { z } from "zod"

const Point = z.object({ x: z.number(), y: z.number() })
const refusal = { code: "test/damaged", cure: "delete it" }

test("a JSON file is parsed, not trusted: the error names the file, every fault and the cure", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "json-")), "point.json")
  const read = () => readJson(path, Point, refusal)
  assert.equal(await read(), undefined)
  await writeFile(path, '{"x":1,"y":2}')
  assert.deepEqual(await read(), { x: 1, y: 2 })
  for (const [text, fault] of [
    ['{"x":1,', /not JSON/],
    ['{"x":"1"}', /expected number, received string[\s\S]*at x[\s\S]*at y/],
    ["null", /expected object, received null/],
  ] as const) {
    await writeFile(path, text)
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof AppError && error.code === "test/damaged")
      assert.match(error.message, fault)
      return error.message.includes(path) && error.message.includes("delete it")
    })
  }
})
