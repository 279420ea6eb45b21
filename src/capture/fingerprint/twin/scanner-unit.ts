import { Rng } from "@sourceprint/core/rng.js"
import type { ViewMap } from "./contact.js"
import { gaussianBlur } from "./gaussian-blur.js"
import { exp, normal, pixelNoise } from "./portable-math.js"
import { effectiveStrengths, type ScannerSettings } from "./scanner-settings.js"

/** One piece of simulated hardware, as it left the factory. Fields are width × height, row-major. */
export interface ScannerUnit {
  readonly id: string
  readonly view: ViewMap
  /** Light that reaches each pixel from bare platen, 1 at the middle of the model's mean unit. */
  readonly light: Float32Array
  /** Factor and offset (DN) of each pixel's answer; dead pixels have factor near 0, hot ones a high offset. */
  readonly gain: Float32Array
  readonly offsetDn: Float32Array
  readonly blurPx: number
}

/** Knuth's method; `mean` up to a few hundred. */
export function poisson(rng: Rng, mean: number): number {
  if (mean <= 0) return 0
  let count = 0
  // e^-500 is still a normal number; larger means are not a setting.
  for (let product = rng.float(); product > exp(-mean); product *= rng.float()) count++
  return count
}

/** The unit called `id`: each property is drawn from a stream of its own, so that changing one strength leaves every
 *  other property of every unit where it was. */
export function makeUnit(settings: ScannerSettings, id: string): ScannerUnit {
  const { model } = settings
  const strengths = effectiveStrengths(settings)
  const root = new Rng(settings.seed).fork(`unit/${model.id}/${id}`)
  const { widthPx: width, heightPx: height } = model
  const gain = pattern(root.fork("prnu"), width, height, model.grainPx, strengths.prnu)
  const offsetDn = pattern(root.fork("dsnu"), width, height, model.grainPx, strengths.dsnuDn)
  const columns = root.fork("columns")
  for (let x = 0; x < width; x++) {
    const columnGain = strengths.columnGain * normal(columns)
    const columnOffsetDn = strengths.columnOffsetDn * normal(columns)
    for (let y = 0; y < height; y++) {
      gain[y * width + x] += 1 + columnGain
      offsetDn[y * width + x] += columnOffsetDn
    }
  }
  const faulty = root.fork("faulty")
  const hot = poisson(faulty.fork("hot"), strengths.hotPixels)
  for (let n = 0; n < hot; n++) offsetDn[faulty.below(offsetDn.length)] += faulty.between(25, 160)
  const dying = root.fork("dying")
  const dead = poisson(dying.fork("count"), strengths.deadPixels)
  for (let n = 0; n < dead; n++) gain[dying.below(gain.length)] *= dying.between(0, 0.4)
  return {
    id,
    view: geometry(settings, root.fork("geometry")),
    light: lightField(settings, root.fork("light"), root.fork("dust")),
    gain,
    offsetDn,
    blurPx: model.blurPx * Math.max(0.3, 1 + strengths.focus * normal(root.fork("focus"))),
  }
}

/** White noise smeared by `grainPx`, brought back to deviation 1, times `size`. */
export function pattern(rng: Rng, width: number, height: number, grainPx: number, size: number): Float32Array {
  const white = new Float32Array(width * height)
  if (size === 0) return white
  for (let i = 0; i < white.length; i++) white[i] = pixelNoise(rng)
  const smeared = gaussianBlur(white, width, height, grainPx)
  let square = 0
  for (let i = 0; i < smeared.length; i++) square += smeared[i] * smeared[i]
  const factor = size / Math.sqrt(square / smeared.length)
  for (let i = 0; i < smeared.length; i++) smeared[i] *= factor
  return smeared
}

function geometry(settings: ScannerSettings, rng: Rng): ViewMap {
  const { model } = settings
  const strengths = effectiveStrengths(settings)
  const { widthPx: width, heightPx: height } = model
  const scale = (500 / model.dpi) * (1 + strengths.scale * normal(rng))
  const turn = strengths.rotationRad * normal(rng) // small: sine and cosine to third order
  const cosTurn = 1 - (turn * turn) / 2
  const shiftX = strengths.shiftPx * normal(rng)
  const shiftY = strengths.shiftPx * normal(rng)
  const bend = strengths.lensDistortion * normal(rng)
  const corner2 = (width * width + height * height) / 4
  const platenX = new Float32Array(width * height)
  const platenY = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column - (width - 1) / 2
      const y = row - (height - 1) / 2
      const factor = scale * (1 + (bend * (x * x + y * y)) / corner2)
      const narrowing = 1 + (model.keystone * y) / height
      const i = row * width + column
      platenX[i] = factor * narrowing * (x * cosTurn - y * turn) + shiftX
      platenY[i] = factor * (x * turn + y * cosTurn) + shiftY
    }
  }
  return { width, height, platenX, platenY }
}

function lightField(settings: ScannerSettings, rng: Rng, dust: Rng): Float32Array {
  const { model } = settings
  const strengths = effectiveStrengths(settings)
  const { widthPx: width, heightPx: height } = model
  const level = Math.max(0.3, 1 + strengths.brightness * normal(rng))
  const tiltX = strengths.illuminationGradient * normal(rng)
  const tiltY = strengths.illuminationGradient * normal(rng)
  const light = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (2 * column) / (width - 1) - 1
      const y = (2 * row) / (height - 1) - 1
      const vignette = 1 - (model.vignetting * (x * x + y * y)) / 2
      light[row * width + column] = level * vignette * Math.max(0.2, 1 + 0.5 * (tiltX * x + tiltY * y))
    }
  }
  sprinkle(light, width, height, dust, poisson(dust.fork("count"), strengths.dustSpecks))
  return light
}

/** Specks that take 4-30 % of the light over 1-4 pixels. */
export function sprinkle(light: Float32Array, width: number, height: number, rng: Rng, specks: number): void {
  for (let n = 0; n < specks; n++) {
    const x = rng.between(0, width)
    const y = rng.between(0, height)
    const sigmaPx = rng.between(0.6, 2.2)
    const depth = rng.between(0.04, 0.3)
    const reach = Math.ceil(3 * sigmaPx)
    for (let row = Math.max(0, Math.floor(y) - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, Math.floor(x) - reach); column <= Math.min(width - 1, x + reach); column++) {
        const d2 = (column - x) * (column - x) + (row - y) * (row - y)
        light[row * width + column] *= 1 - depth * exp(-d2 / (2 * sigmaPx * sigmaPx))
      }
    }
  }
}
