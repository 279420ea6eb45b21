import assert from "node:assert/strict"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"

const BUILT = "src/serve/dist/pages/assets"

/** The scripts of the pages, as `npm run build` made them: name -> text. */
async function scripts(): Promise<Map<string, string>> {
  const names = (await readdir(BUILT)).filter((name) => name.endsWith(".js"))
  const texts = names.map(async (name) => [name, await readFile(join(BUILT, name), "utf8")] as const)
  return new Map(await Promise.all(texts))
}

test("no page brings a module of Node, or the empty one that stands for it", async () => {
  const all = await scripts()
  assert.ok(all.size > 10)
  // A library's branch for Node may call `require`, which a page does not have; an import would be fetched.
  const node = /(?:\bfrom|\bimport\s*\(?)\s*["'`](?:node:|crypto["'`]|fs["'`])|browser-external/
  const found = [...all].map(([name, text]) => [name, node.exec(text)?.[0]]).filter(([, what]) => what !== undefined)
  assert.deepEqual(found, [])
})

test("what asks Node for its crypto where there is none gets the browser's", async () => {
  const shims = [...(await scripts())].filter(([name]) => name.includes("no-node-crypto"))
  assert.equal(shims.length, 1)
  for (const [name, text] of shims) assert.ok(text.includes("globalThis.crypto"), name)
})
