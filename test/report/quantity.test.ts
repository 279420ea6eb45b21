import assert from "node:assert/strict"
import { test } from "node:test"
import { formatNumber, formatRange } from "@sourceprint/report/quantity.js"

const plain = (text: string): string => text.replaceAll("\u00a0", " ")

test("numbers are written with their units", () => {
  const cases: [number, string, string][] = [
    [0.00834, "rate", "0.83 %"],
    [0.000312, "rate", "0.031 %"],
    [0.0000123, "rate", "0.0012 %"],
    [0, "rate", "0.00 %"],
    [1, "rate", "100.00 %"],
    [-0.0123, "rate", "−1.23 %"],
    [1204, "count", "1,204"],
    [3_228_864, "count", "3,228,864"],
    [3.44, "ms", "3.44 ms"],
    [1234.5, "ms", "1,235 ms"],
    [12_345, "ms", "12.3 s"],
    [90, "s", "90 s"],
    [3725, "s", "62 min"],
    [8000, "s", "2 h 13 min"],
    [999, "bytes", "999 B"],
    [1_200_000, "bytes", "1.2 MB"],
    [0.51234, "score", "0.512"],
    [500, "dpi", "500 dpi"],
    [-8, "points", "−8 points"],
    [0.1 + 0.2, "none", "0.3"],
    [1.5e-9, "none", "1.500e−9"],
    [Number.NaN, "rate", "n/a"],
    [Infinity, "none", "∞"],
  ]
  for (const [value, unit, text] of cases) assert.equal(plain(formatNumber(value, unit)), text)
})

test("a range says its unit once", () => {
  assert.equal(plain(formatRange(0.0031, 0.0227, "rate")), "0.31–2.27 %")
  assert.equal(plain(formatRange(-9.96, -6.34, "points")), "−9.96 to −6.34 points")
  assert.equal(plain(formatRange(900, 1_100_000, "bytes")), "900 B – 1.1 MB")
})
