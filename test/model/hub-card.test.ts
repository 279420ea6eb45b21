import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { hubCard } from "@sourceprint/model/hub-card.js"
import type { ModelCard } from "@sourceprint/model/model-card.js"
import { modelFolder, readCard } from "@sourceprint/model/model-registry.js"
import { parse } from "yaml"
import { projectRoot } from "../support/shared-data.js"

interface Metadata {
  readonly license: string
  readonly license_name?: string
  readonly "model-index": readonly {
    readonly name: string
    readonly results: readonly { readonly metrics: readonly { readonly type: string; readonly value: number }[] }[]
  }[]
}
const registry = join(projectRoot, "experiments/registry")
const card = await readCard(await modelFolder(registry, "fvc-one-vs-all-texture-ridge-fvc2000-db1"))
const parts = (of: ModelCard): { metadata: Metadata; text: string } => {
  const [, yaml, text] = /^---\n(.*?)\n---\n(.*)$/s.exec(hubCard(of)) ?? []
  return { metadata: parse(yaml) as Metadata, text }
}

test("a card for the hub has the figures of eval as metadata, and the limits in its text", () => {
  const { metadata, text } = parts(card)
  const [{ name, results }] = metadata["model-index"]
  assert.equal(name, card.id)
  const { balancedAccuracy, eer, fmr, fnmr, auc } = card.metrics.eval
  assert.deepEqual(
    results[0].metrics.map(({ value }) => value),
    [balancedAccuracy, eer, fmr.rate, fnmr.rate, auc],
  )
  for (const words of [...card.limits, ...card.task.others, card.origin.datasetHash, "were not tried"])
    assert.ok(text.includes(words), words)
})

test("a licence that the hub knows is named, another one is in the card", () => {
  assert.equal(parts(card).metadata.license, "apache-2.0")
  const { license, license_name } = parts({ ...card, licence: "research alone" }).metadata
  assert.deepEqual([license, license_name], ["other", "see-card"])
})

test("what was tried beside the closed set stands in a table", () => {
  const fmr = { rate: 0.005, errors: 2, trials: 400, interval: { low: 0.001, high: 0.018 } }
  const worstPair = { target: "a", scanner: "b", accepted: 2, of: 20 }
  const { text } = parts({ ...card, openWorld: [{ kind: "unseen", condition: "left out", fmr, worstPair }] })
  assert.match(text, /\| unseen: left out \| 0\.50 % \(2 of 400; 0\.10 % to 1\.80 %\) \|/)
})
