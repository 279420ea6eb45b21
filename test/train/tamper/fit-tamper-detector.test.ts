import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { expose } from "@sourceprint/capture/fingerprint/twin/exposure.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { makeUnit } from "@sourceprint/capture/fingerprint/twin/scanner-unit.js"
import { openSession } from "@sourceprint/capture/fingerprint/twin/unit-session.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type Forgery, forgeImage, stolenPattern } from "@sourceprint/model/forgery/forge-image.js"
import { loadTamperDetector, writeTamperDetector } from "@sourceprint/model/tamper-detector.js"
import { defaultTamperDetectorSettings, fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"

const settings = ScannerSettings.parse({ seed: 8, model: { widthPx: 128, heightPx: 128 } })
const sessions = new Map(["a", "b", "c"].map((id) => [id, openSession(settings, makeUnit(settings, id), 0)] as const))

/** Ridges of a "person" (direction and period) on a simulated sensor, as they come over the line: quick to make. */
function capture(unit: string, person: number, touch: number): GrayImage {
  const session = sessions.get(unit)
  if (session === undefined) throw new Error(unit)
  const rng = new Rng(`${unit}/${person}/${touch}`)
  const contact = new Float32Array(128 * 128)
  const [turn, period] = [person * 0.37 + 0.1 * touch, 8 + (person % 4)]
  for (let i = 0; i < contact.length; i++) {
    const [x, y] = [(i % 128) - 64, Math.floor(i / 128) - 64]
    const wave = Math.sin((2 * Math.PI * (x * Math.cos(turn) + y * Math.sin(turn) + touch)) / period)
    if (x * x + y * y < 55 * 55) contact[i] = 0.9 / (1 + Math.exp(-4 * wave))
  }
  const image = expose(contact, session, settings.model, rng)
  return { ...image, pixels: image.pixels.map((grey) => 17 * (grey >> 4)) }
}

const units = ["a", "b"]
const images = Array.from({ length: 48 }, (_, person) =>
  units.flatMap((scanner) =>
    [0, 1].map((touch) => ({ scanner, person: `person-${person}`, image: capture(scanner, person, touch) })),
  ),
).flat()
const tamperDetectorSettings = { ...defaultTamperDetectorSettings, sidePx: 120 }
const fitted = fitTamperDetector(images, tamperDetectorSettings)

test(
  "images of people it never saw pass, on a scanner it never saw too; what was put together from them " + "does not",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "guard-"))
    try {
      await writeTamperDetector(folder, fitted)
      const tamperDetector = await loadTamperDetector(folder)
      const accepted = (pictures: readonly GrayImage[]): number =>
        pictures.filter((image) => tamperDetector.judge(image).accepted).length
      const others = Array.from({ length: 20 }, (_, i) => i + 140)
      for (const unit of ["a", "b", "c"]) {
        const genuine = accepted(others.map((person) => capture(unit, person, 0)))
        assert.ok(genuine >= 15, `${unit}: ${genuine} of 20`)
      }
      const forgeries: readonly Forgery[] = [
        { kind: "added", denoiser: "mean-3", strength: 1, keep: 0.5, dither: 0 },
        { kind: "developed", strength: 1.2, noiseDn: 2.2, smoothPx: 1 },
        { kind: "redithered", strength: 1, noiseDn: 1 },
      ]
      for (const forgery of forgeries) {
        const stolen = Array.from({ length: 8 }, (_, i) => capture("a", 120 + i, 1))
        const pattern = stolenPattern(stolen, forgery)
        const forged = others.map((person) => forgeImage(capture("c", person, 1), pattern, forgery, new Rng(person)))
        const count = accepted(forged)
        assert.ok(count <= 6, `${forgery.kind}: ${count} of 20 accepted`)
      }
      const card = JSON.parse(await readFile(join(folder, "guard.json"), "utf8"))
      await writeFile(join(folder, "guard.json"), JSON.stringify({ ...card, threshold: 0 }))
      await assert.rejects(loadTamperDetector(folder), (error) => hasCode(error, "tamper-detector/changed"))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)

test("the same images and seed give the same tamper detector; too few of them give none", () => {
  const few = images.filter(({ person }) => Number(person.slice(7)) < 6)
  const [one, other] = [fitTamperDetector(few, tamperDetectorSettings), fitTamperDetector(few, tamperDetectorSettings)]
  assert.deepEqual(one.model.files(), other.model.files())
  assert.equal(one.threshold, other.threshold)
  for (const wrong of [
    images.filter(({ scanner }) => scanner === "a"),
    images.filter(({ person }) => person === "person-1"),
    [...few, { ...few[0], image: { width: 4, height: 4, pixels: new Uint8Array(16) } }],
  ]) {
    assert.throws(
      () => fitTamperDetector(wrong, tamperDetectorSettings),
      (error) => hasCode(error, "tamper-detector/images"),
    )
  }
})
