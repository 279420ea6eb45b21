import assert from "node:assert/strict"
import { test } from "node:test"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { auditDataset } from "@sourceprint/train/audit/audit-dataset.js"
import { tinyScanners } from "../../support/tiny-scanners.js"

test("every scanner, fold, probe and scope is audited once, and twice gives the same", async () => {
  const tiny = await tinyScanners({ scanners: 3, fingers: 6 })
  try {
    const samples = await readManifest(tiny.dataset)
    const splits = splitSamples(samples, { by: "finger", seed: 1, folds: 3 })
    const region = { kind: "common-window", sidePx: 32 } as const
    const audit = await auditDataset(tiny.dataset, samples, splits, region)
    assert.equal(audit.figures.length, 3 * 3 * 4 * 2)
    assert.equal(audit.summaries.length, 4 * 2)
    const size = audit.summaries.filter(({ probe }) => probe === "image-size")
    assert.deepEqual(
      size.map(({ balancedAccuracy }) => balancedAccuracy),
      [0.5, 0.5], // all images are alike in size
    )
    assert.deepEqual(await auditDataset(tiny.dataset, samples, splits, region), audit)
  } finally {
    await tiny.remove()
  }
})
