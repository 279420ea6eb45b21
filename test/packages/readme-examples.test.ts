import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { expectedOutput, runExample } from "../support/readme-example.js"
import { projectRoot } from "../support/shared-data.js"

for (const [name, isRight] of Object.entries(expectedOutput)) {
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
