import assert from "node:assert/strict"
import { test } from "node:test"
import { fromHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { decodeIsoRecord, encodeIsoRecord } from "@sourceprint/match/fingerprint/minutiae/iso-19794-2.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

const { compare, codec, enrol } = minutiaeMatcher
const fingers = ["arch", "loop", "whorl", "tent", "ulnar", "radial"]
const templates = await Promise.all(fingers.map((finger) => enrol([syntheticPrint(finger)])))
const moved = await Promise.all(
  fingers.map((finger) => enrol([syntheticPrint(finger, { turnRad: 0.4, dx: 12, dy: 5 })])),
)

// By hand from the standard's general record format: 256 × 288 pixels, 197 per cm, one view of the right index finger,
// quality 80, an ending at (100, 120) pointing up (90° = 64/256) of quality 90, a bifurcation at (50, 200) pointing
// left.
const byHand = fromHex(
  "464d5200" +
    "20323000" +
    "0000002a" +
    "0000" +
    "0100" +
    "0120" +
    "00c5" +
    "00c5" +
    "01" +
    "00" +
    "02" +
    "00" +
    "50" +
    "02" +
    "4064" +
    "0078" +
    "40" +
    "5a" +
    "8032" +
    "00c8" +
    "80" +
    "00" +
    "0000",
)

test("a record written by hand is read as the standard says", () => {
  const [view] = decodeIsoRecord(byHand).views
  assert.deepEqual([view.width, view.height, view.quality], [256, 288, 80])
  assert.deepEqual([...view.kind], [1, 2]) // the most trusted first; a quality not reported counts as middling
  assert.deepEqual([...view.x], [400, 200])
  assert.deepEqual([...view.y], [480, 800])
  assert.deepEqual([...view.angle], [0xc000, 0x8000]) // up is three quarters of a turn where y points down
})

test("minutiae come back to the nearest pixel and 1/256 turn", () => {
  for (const template of templates) {
    const record = encodeIsoRecord(template, { fingerPosition: 7 })
    const back = decodeIsoRecord(record)
    assert.equal(back.views[0].x.length, template.views[0].x.length)
    assert.deepEqual(encodeIsoRecord(back, { fingerPosition: 7 }).length, record.length)
    const key = (x: number, y: number): string => `${Math.round(x / 4)}/${Math.round(y / 4)}`
    const known = new Set(Array.from(template.views[0].x, (x, m) => key(x, template.views[0].y[m])))
    for (const [m, x] of back.views[0].x.entries()) assert.ok(known.has(key(x, back.views[0].y[m])))
    assert.deepEqual(codec.decode(codec.encode(back)), back)
  }
})

test("records alone still tell the simulated fingers apart", () => {
  const records = templates.map((template) => decodeIsoRecord(encodeIsoRecord(template)))
  for (const [k, probe] of moved.entries()) {
    const scores = records.map((record) => compare(record, probe))
    assert.equal(scores.indexOf(Math.max(...scores)), k, scores.join(" "))
    assert.equal(compare(probe, records[k]), scores[k])
  }
})

test("another resolution is brought to 500 dpi", () => {
  const twice = Uint8Array.from(byHand)
  new DataView(twice.buffer).setUint16(18, 394)
  new DataView(twice.buffer).setUint16(20, 394)
  const [view] = decodeIsoRecord(twice).views
  assert.deepEqual([view.width, view.height, ...view.x], [128, 144, 200, 100])
})

test("every cut and every broken field is refused", () => {
  for (let n = 0; n < byHand.length; n++) {
    const cut = byHand.slice(0, n)
    if (n >= 12) new DataView(cut.buffer).setUint32(8, n) // even where the header agrees
    assert.throws(
      () => decodeIsoRecord(cut),
      (e) => hasCode(e, "match/iso-record"),
      `${n} bytes`,
    )
  }
  // magic, version, width, height, resolution, views, minutia outside
  for (const [at, value] of [
    [0, 0],
    [4, 0x31],
    [14, 0xff],
    [16, 0xff],
    [19, 0],
    [22, 0],
    [22, 2],
    [28, 0x7f],
  ]) {
    assert.throws(
      () => decodeIsoRecord(byHand.with(at, value)),
      (e) => hasCode(e, "match/iso-record"),
      `byte ${at}`,
    )
  }
})
