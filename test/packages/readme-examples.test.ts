import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { standalone, withoutRegistry } from "../support/packed-packages.js"
import { expectedOutput, runExample } from "../support/readme-example.js"
import { projectRoot } from "../support/shared-data.js"

/** Where the registry is in reach, the examples of these run where they are installed alone: packed.test.ts. */
const elsewhere = (await withoutRegistry()) === false ? standalone : []

for (const [name, isRight] of Object.entries(expectedOutput)) {
  if (elsewhere.some((one) => one === name)) continue
  test(`the example of @sourceprint/${name} does what its README says`, async () => {
    const folder = await mkdtemp(join(projectRoot, "dist", `example-${name}-`)) // inside: packages resolve from here
    try {
      const printed = await runExample(name, folder)
      assert.ok(isRight(printed), printed)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}
