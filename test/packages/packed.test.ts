import assert from "node:assert/strict"
import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { openChromium, withoutChromium } from "../support/chromium.js"
import { inBrowsers, installPacked, runInBrowser, standalone, withoutRegistry } from "../support/packed-packages.js"
import { expectedOutput, runExample } from "../support/readme-example.js"
import { projectRoot } from "../support/shared-data.js"

const license = await readFile(join(projectRoot, "LICENSE"), "utf8")
const skip = await withoutRegistry()

for (const name of standalone) {
  test(`@sourceprint/${name}, packed and installed alone, runs its example`, {
    skip,
  }, async (t) => {
    const folder = await installPacked(name)
    t.after(() => rm(folder, { recursive: true, force: true }))
    assert.equal(await readFile(join(folder, "node_modules/@sourceprint", name, "LICENSE"), "utf8"), license)
    const isRight = expectedOutput[name]
    const printed = await runExample(name, folder)
    assert.ok(isRight(printed), printed)
    await t.test(
      "in a browser",
      {
        skip: inBrowsers.some((one) => one === name) ? withoutChromium : "needs a file or a port of the machine",
      },
      async () => {
        const browser = await openChromium()
        t.after(() => browser.close())
        const shown = await runInBrowser(name, folder, browser)
        assert.ok(isRight(shown), shown)
      },
    )
  })
}
