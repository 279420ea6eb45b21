import { Rng } from "@sourceprint/core/rng.js"
import { cos, exp, log, normal, sin } from "./portable-math.js"
import type { ScannerSettings } from "./scanner-settings.js"
import { effectiveStrengths } from "./scanner-settings.js"
import { pattern, poisson, type ScannerUnit, sprinkle } from "./scanner-unit.js"
import { smoothNoise } from "./smooth-noise.js"

/** A unit on one day: what its sensor, light and platen have become. Fields are width × height, row-major. */
export interface UnitSession {
  readonly unit: ScannerUnit
  readonly session: number
  readonly light: Float32Array
  readonly gain: Float32Array
  readonly offsetDn: Float32Array
  /** Grease on the platen: added to the level of bare platen, DN (negative is darker). */
  readonly filmDn: Float32Array
}

/** The unit as it is in `session` (whole number from 0): drift drawn for that session, wear summed up to it. */
export function openSession(settings: ScannerSettings, unit: ScannerUnit, session: number): UnitSession {
  const { model, drift } = settings
  const strengths = effectiveStrengths(settings)
  const { widthPx: width, heightPx: height } = model
  const root = new Rng(settings.seed).fork(`unit/${model.id}/${unit.id}`)
  const day = root.fork(`session/${session}`)
  const warmer = drift.temperatureC * normal(day.fork("temperature"))
  const darkSignal = exp((warmer / 8) * log(2))
  const offsetDn = unit.offsetDn.map((offset) => offset * darkSignal)
  const gain = unit.gain.slice()
  const drifted = pattern(day.fork("gain"), width, height, model.grainPx, drift.gainDrift * strengths.prnu)
  for (let i = 0; i < gain.length; i++) gain[i] *= 1 + drifted[i]
  const lamp = 1 + drift.brightness * normal(day.fork("lamp"))
  const age = exp(-drift.brightnessLossPerSession * session)
  const light = unit.light.map((level) => level * Math.max(0.3, lamp) * age)
  const dust = day.fork("dust")
  sprinkle(light, width, height, dust, poisson(dust.fork("count"), drift.looseDust))
  for (let past = 0; past <= session; past++) {
    const wear = root.fork(`wear/${past}`)
    scratch(light, width, height, wear, poisson(wear.fork("count"), drift.scratchesPerSession))
  }
  const filmDn = smoothNoise(day.fork("film"), width, height, 40)
  for (let i = 0; i < filmDn.length; i++) filmDn[i] = -drift.filmDn * Math.max(0, filmDn[i])
  return { unit, session, light, gain, offsetDn, filmDn }
}

/** Straight hair lines that take 3-15 % of the light. */
function scratch(light: Float32Array, width: number, height: number, rng: Rng, count: number): void {
  for (let n = 0; n < count; n++) {
    const heading = rng.between(0, Math.PI)
    const lengthPx = rng.between(15, 90)
    const depth = rng.between(0.03, 0.15)
    let x = rng.between(0, width)
    let y = rng.between(0, height)
    for (let s = 0; s < lengthPx; s++) {
      const column = Math.floor(x)
      const row = Math.floor(y)
      if (column >= 0 && row >= 0 && column < width && row < height) light[row * width + column] *= 1 - depth
      x += cos(heading)
      y += sin(heading)
    }
  }
}
