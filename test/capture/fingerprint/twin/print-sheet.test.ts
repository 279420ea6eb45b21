import assert from "node:assert/strict"
import { test } from "node:test"
import { contactSheet, fingerSheet } from "@sourceprint/capture/fingerprint/twin/print-sheet.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"

test("a sheet holds every picture where it belongs", () => {
  const sheet = contactSheet([grayImage(4, 3, 10), grayImage(4, 3, 20), grayImage(4, 3, 30)], 2)
  assert.deepEqual([sheet.width, sheet.height], [26, 24])
  const at = (x: number, y: number): number => sheet.pixels[y * sheet.width + x]
  assert.deepEqual([at(6, 6), at(9, 8), at(16, 6), at(6, 15), at(16, 15), at(0, 0)], [10, 10, 20, 30, 128, 128])
})

test("a finger's sheet has its class, its master and its touches", () => {
  const request = { seed: 1, name: "a/right-index", impressions: 2, unit: "unit-01", bits: 4 as const }
  const { sheet, finger } = fingerSheet({ ...request, pattern: "whorl", scanner: ScannerSettings.parse({}) })
  assert.equal(finger.plan.pattern, "whorl")
  assert.deepEqual([sheet.width, sheet.height], [3 * 390 + 6, 486 + 6])
  assert.throws(
    () => fingerSheet({ ...request, impressions: 0, scanner: ScannerSettings.parse({}) }),
    (e) => hasCode(e, "twin/sheet"),
  )
})
