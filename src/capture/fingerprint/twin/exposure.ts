import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { gaussianBlur } from "./gaussian-blur.js"
import { pixelNoise } from "./portable-math.js"
import type { ScannerModelSettings } from "./scanner-settings.js"
import type { UnitSession } from "./unit-session.js"

/** One exposure: contact -> light -> optics -> pixels -> noise -> 8 bits.
 *  @param contact 0 air to 1 full contact, width × height (see pressFinger) @param rng noise of this exposure alone */
export function expose(
  contact: Float32Array,
  { unit, light, gain, offsetDn, filmDn }: UnitSession,
  model: ScannerModelSettings,
  rng: Rng,
): GrayImage {
  const { widthPx: width, heightPx: height } = model
  const platen = new Float32Array(width * height)
  const depthDn = model.airDn - model.contactDn
  for (let i = 0; i < platen.length; i++) {
    platen[i] = (model.airDn + filmDn[i] - (depthDn + filmDn[i]) * contact[i]) * light[i]
  }
  const seen = gaussianBlur(platen, width, height, unit.blurPx)
  const image = grayImage(width, height)
  const shot2 = (model.shotNoiseDn * model.shotNoiseDn) / 255
  const read2 = model.readNoiseDn * model.readNoiseDn
  for (let i = 0; i < seen.length; i++) {
    const level = Math.max(0, seen[i] * gain[i] + offsetDn[i])
    const noisy = level + Math.sqrt(shot2 * level + read2) * pixelNoise(rng)
    image.pixels[i] = Math.min(255, Math.max(0, Math.floor(noisy + 0.5)))
  }
  return { ...image, dpi: model.dpi }
}
