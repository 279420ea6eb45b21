import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { configKinds, configSchema } from "@sourceprint/cli/schema/config-schemas.js"
import { configurationReference, keyRows } from "@sourceprint/cli/schema/reference.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"
import { parse } from "yaml"
import { z } from "zod"
import { projectRoot } from "../../support/shared-data.js"

type Schema = Parameters<typeof z.fromJSONSchema>[0]
const parserOf = (schema: unknown) => z.fromJSONSchema(schema as Schema)
const paths = (id: string): string[] => {
  const kind = configKinds.find((one) => one.id === id)
  assert.ok(kind !== undefined)
  return keyRows(configSchema(kind), kind.example).map(({ path }) => path)
}

/** zod reads no if/then back; which settings a model has is looked at below. */
const withoutConditions = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === "allOf" ? undefined : value)))

for (const kind of configKinds) {
  test(`${kind.id}: the example file is one; each example of a key fits it; unknown keys are refused`, () => {
    assert.equal(kind.schema.safeParse(kind.example).success, true)
    const whole = configSchema(kind)
    const { properties: _, ...frame } = whole
    assert.equal(frame.additionalProperties, false, "an editor marks unknown keys as the command does")
    const rows = keyRows(whole, kind.example, kind.further)
    assert.ok(rows.length > 10)
    for (const { path, schema, example, range } of rows) {
      const { success, error } = parserOf(withoutConditions(schema)).safeParse(example)
      assert.ok(success, `${path}: ${JSON.stringify(example)} ${error?.message}`)
      assert.notEqual(range, "", path)
    }
  })
}

test("the JSON Schema accepts the files of the project, and refuses what the code refuses", async () => {
  const files = {
    experiment: ["experiments/demo.yaml", "experiments/fvc-one-vs-all.yaml", "experiments/system-a.yaml"],
    trial: ["experiments/trials/small.yaml", "experiments/trials/twin.yaml"],
  }
  for (const [id, names] of Object.entries(files)) {
    const kind = configKinds.find((one) => one.id === id)
    assert.ok(kind !== undefined)
    // zod reads no if/then back: settings of models are looked at below.
    const parser = parserOf(z.toJSONSchema(kind.schema, { io: "input", unrepresentable: "any" }))
    for (const name of names) {
      const content: unknown = parse(await readFile(join(projectRoot, name), "utf8"))
      assert.equal(parser.safeParse(content).success, true, name)
      assert.equal(parser.safeParse({ ...(content as object), colour: "red" }).success, false)
    }
  }
})

test("an experiment's schema knows every model of the zoo and its settings", () => {
  const kind = configKinds.find(({ id }) => id === "experiment")
  assert.ok(kind !== undefined)
  const text = JSON.stringify(configSchema(kind))
  for (const entry of zooEntries) {
    assert.ok(text.includes(`"const":"${entry.id}"`), entry.id)
    for (const key of Object.keys((entry.settings as z.ZodObject).shape)) assert.ok(text.includes(`"${key}"`), key)
  }
  assert.ok(paths("experiment").includes("view.region.sidePx"))
  assert.ok(paths("session").includes("scanners[].port"))
})

test("docs/configuration.md is what the code says; after a change: sourceprint schema --reference > it", async () => {
  const written = await readFile(join(projectRoot, "docs/configuration.md"), "utf8")
  assert.equal(written.trimEnd(), configurationReference().trimEnd())
})
