import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { denoisingResidual, RESIDUAL_SPECTRUM_LENGTH, residualSpectrum } from "../features/denoising-residual.js"
import { LEVEL_TRANSITIONS_LENGTH, levelTransitions } from "../features/level-transitions.js"
import { TEXTURE_V1_LENGTH, textureV1 } from "../features/texture-v1.js"
import { TEXTURE_V2_LENGTH, textureV2 } from "../features/texture-v2.js"
import { type Encoding, type InputContract, patchSize } from "../input-contract.js"

type PixelEncoding = Extract<Encoding, { kind: "pixels" }>

/** offset and factor of `(grey - offset) * factor` */
function scaleOf({ scaling }: PixelEncoding, { pixels }: GrayImage): { offset: number; factor: number } {
  switch (scaling) {
    case "raw":
      return { offset: 0, factor: 1 }
    case "unit":
      return { offset: 0, factor: 1 / 255 }
    case "signed":
      return { offset: 127.5, factor: 1 / 127.5 }
    case "standardised": {
      let sum = 0
      let squares = 0
      for (const grey of pixels) {
        sum += grey
        squares += grey * grey
      }
      const mean = sum / pixels.length
      const deviation = Math.sqrt(Math.max(0, squares / pixels.length - mean * mean))
      return { offset: mean, factor: 1 / Math.max(deviation, 1) } // a flat patch stays flat
    }
  }
}

function encodePixels(patch: GrayImage, encoding: PixelEncoding): Float32Array {
  const { offset, factor } = scaleOf(encoding, patch)
  const { channels } = encoding
  if (channels === 1 && encoding.scaling === "raw") return new Float32Array(patch.pixels)
  const row = new Float32Array(patch.pixels.length * channels)
  patch.pixels.forEach((pixel, i) => {
    row.fill((pixel - offset) * factor, i * channels, (i + 1) * channels)
  })
  return row
}

/** One patch as the numbers that a model takes: [height, width, channels] row-major, or a feature vector. */
export function encodePatch(patch: GrayImage, encoding: Encoding): Float32Array {
  switch (encoding.kind) {
    case "pixels":
      return encodePixels(patch, encoding)
    case "texture-v1":
      return textureV1(patch)
    case "texture-v2":
      return textureV2(patch)
    case "residual-v1":
      return denoisingResidual(patch)
    case "residual-spectrum-v1":
      return residualSpectrum(patch)
    case "level-transitions-v1":
      return levelTransitions(patch)
  }
}

/** Shape of one encoded patch, without the batch. */
export function inputShape(contract: InputContract): readonly number[] {
  const { widthPx, heightPx } = patchSize(contract)
  switch (contract.encoding.kind) {
    case "pixels":
      return [heightPx, widthPx, contract.encoding.channels]
    case "texture-v1":
      return [TEXTURE_V1_LENGTH]
    case "texture-v2":
      return [TEXTURE_V2_LENGTH]
    case "residual-v1":
      return [heightPx, widthPx, 1]
    case "residual-spectrum-v1":
      return [RESIDUAL_SPECTRUM_LENGTH]
    case "level-transitions-v1":
      return [LEVEL_TRANSITIONS_LENGTH]
  }
}
