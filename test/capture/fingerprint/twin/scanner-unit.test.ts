import assert from "node:assert/strict"
import { test } from "node:test"
import {
  ScannerSettings,
  type ScannerSettings as Settings,
} from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { makeUnit } from "@sourceprint/capture/fingerprint/twin/scanner-unit.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { openSession } from "@sourceprint/capture/fingerprint/twin/unit-session.js"

const still = {
  temperatureC: 0,
  brightness: 0,
  brightnessLossPerSession: 0,
  gainDrift: 0,
  looseDust: 0,
  scratchesPerSession: 0,
  filmDn: 0,
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    sa += a[i]
    sb += b[i]
    aa += a[i] * a[i]
    bb += b[i] * b[i]
    ab += a[i] * b[i]
  }
  return (ab - (sa * sb) / n) / Math.sqrt((aa - (sa * sa) / n) * (bb - (sb * sb) / n))
}

/** Mean of `frames` images of bare platen, minus its own 5 x 5 mean: the classical estimate of a fixed pattern. */
function flatFieldPattern(settings: Settings, unit: string, frames: number): Float64Array {
  const source = new SyntheticImpressions(1, settings)
  const { width, height } = source
  const mean = new Float64Array(width * height)
  for (let frame = 0; frame < frames; frame++) {
    const { image } = source.empty(unit, 0, frame)
    for (let i = 0; i < mean.length; i++) mean[i] += image.pixels[i] / frames
  }
  return mean.map((value, i) => {
    const x = i % width
    const y = Math.floor(i / width)
    let sum = 0
    let n = 0
    for (let row = Math.max(0, y - 2); row <= Math.min(height - 1, y + 2); row++) {
      for (let column = Math.max(0, x - 2); column <= Math.min(width - 1, x + 2); column++, n++) {
        sum += mean[row * width + column]
      }
    }
    return value - sum / n
  })
}

test("a unit's pattern comes out of averaged flat fields, and only its own", () => {
  const settings = ScannerSettings.parse({
    drift: still,
    units: { hotPixels: 0, deadPixels: 0, dustSpecks: 0 },
  })
  const estimate = flatFieldPattern(settings, "unit-01", 24)
  const own = correlation(estimate, makeUnit(settings, "unit-01").gain)
  const other = correlation(estimate, makeUnit(settings, "unit-02").gain)
  assert.ok(own > 0.75, `own ${own}`)
  assert.ok(Math.abs(other) < 0.05, `other ${other}`)
})

test("more frames show the pattern better", () => {
  const settings = ScannerSettings.parse({ drift: still })
  const { gain } = makeUnit(settings, "unit-01")
  const few = correlation(flatFieldPattern(settings, "unit-01", 1), gain)
  const many = correlation(flatFieldPattern(settings, "unit-01", 12), gain)
  assert.ok(many > few + 0.05, `${few} from one frame, ${many} from twelve`)
})

test("at strength zero all units are one", () => {
  const settings = ScannerSettings.parse({ unitStrength: 0 })
  const { id: _a, ...first } = makeUnit(settings, "unit-01")
  const { id: _b, ...second } = makeUnit(settings, "unit-02")
  assert.deepEqual(first, second)
  assert.ok(first.gain.every((gain) => gain === 1) && first.offsetDn.every((offset) => offset === 0))
})

test("a strength moves its own property and leaves the others where they were", () => {
  const base = makeUnit(ScannerSettings.parse({}), "unit-01")
  const shifted = makeUnit(ScannerSettings.parse({ units: { prnu: 0.03 } }), "unit-01")
  assert.deepEqual(shifted.offsetDn, base.offsetDn)
  assert.deepEqual(shifted.light, base.light)
  assert.deepEqual(shifted.view, base.view)
  assert.notDeepEqual(shifted.gain, base.gain)
})

test("wear adds up and drift comes and goes", () => {
  const settings = ScannerSettings.parse({ drift: { ...still, scratchesPerSession: 3 } })
  const unit = makeUnit(settings, "unit-01")
  const scratched = [0, 4, 8].map((session) => {
    const { light } = openSession(settings, unit, session)
    return light.reduce((n, level, i) => n + (level < unit.light[i] ? 1 : 0), 0)
  })
  assert.ok(scratched[0] < scratched[1] && scratched[1] < scratched[2], scratched.join(" < "))
  const calm = openSession(ScannerSettings.parse({ drift: still }), unit, 5)
  assert.deepEqual(calm.light, unit.light)
  assert.deepEqual(calm.gain, unit.gain)
})

test("settings outside their ranges and unknown settings are refused", () => {
  assert.throws(() => ScannerSettings.parse({ units: { prnu: -0.1 } }))
  assert.throws(() => ScannerSettings.parse({ units: { pnru: 0.1 } }))
  assert.throws(() => ScannerSettings.parse({ unitStrength: 11 }))
})
