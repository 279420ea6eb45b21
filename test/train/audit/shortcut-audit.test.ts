import assert from "node:assert/strict"
import { test } from "node:test"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { Region } from "@sourceprint/model/input-contract.js"
import { neighbourProbe } from "@sourceprint/train/audit/neighbour-probe.js"
import { type ProbeScope, probeVectors } from "@sourceprint/train/audit/probe-features.js"
import { type AuditedImage, auditTask, type ProbeFigures } from "@sourceprint/train/audit/shortcut-audit.js"
import { shortcutWarnings, summariseProbes } from "@sourceprint/train/audit/shortcut-warning.js"

const rng = new Rng(11)
const window: Region = { kind: "common-window", sidePx: 64 }

/** Noise that says nothing, in a frame that says everything. */
function framed(width: number, height: number): GrayImage {
  const image = grayImage(width, height)
  for (let i = 0; i < image.pixels.length; i++) image.pixels[i] = rng.below(256)
  return image
}

/** Two scanners that differ in frame size only. */
const images = (count: number, region: Region): AuditedImage[] =>
  Array.from({ length: count }, (_, i) => {
    const label = (i % 2) as 0 | 1
    return { label, vectors: probeVectors(label === 1 ? framed(100, 80) : framed(90, 120), region) }
  })
const audit = (region: Region): ProbeFigures[] =>
  auditTask({ id: "a", fold: 0 }, { train: images(24, region), dev: images(16, region), eval: images(40, region) })
const figure = (figures: ProbeFigures[], scope: ProbeScope): number =>
  figures.find((f) => f.probe === "image-size" && f.scope === scope)?.balancedAccuracy ?? Number.NaN

test("size names the scanner in the dataset, nothing of it is left in a common window", () => {
  const figures = audit(window)
  assert.equal(figure(figures, "dataset"), 1)
  assert.equal(figure(figures, "view"), 0.5)
  const warnings = shortcutWarnings(summariseProbes(figures), 0.98)
  assert.deepEqual(
    warnings.filter(({ probe }) => probe === "image-size").map(({ level }) => level),
    ["note"],
  )
})

test("a whole frame keeps it, and the report must warn", () => {
  const figures = audit({ kind: "whole-frame", widthPx: 64, heightPx: 64 })
  assert.equal(figure(figures, "view"), 1)
  const [warning] = shortcutWarnings(summariseProbes(figures), 0.98)
  assert.equal(warning.level, "serious")
  assert.match(warning.text, /learned the frame/)
})

test("a model far above every probe is not warned about", () => {
  const weak = audit(window).filter(({ scope }) => scope === "view")
  assert.deepEqual(shortcutWarnings(summariseProbes(weak), 1.2), [])
})

test("the probe finds a class that lies between two others, which no line can cut off", () => {
  const rows = Array.from({ length: 60 }, (_, i) => Float64Array.of((i % 3) + 0.1 * rng.normal()))
  const labels = rows.map((_, i) => (i % 3 === 1 ? 1 : 0))
  const score = neighbourProbe(rows, labels)
  assert.ok(score(Float64Array.of(1)) > 0.8 && score(Float64Array.of(0)) < 0.2 && score(Float64Array.of(2)) < 0.2)
  assert.throws(
    () =>
      neighbourProbe(
        rows,
        labels.map(() => 1),
      ),
    RangeError,
  )
})
