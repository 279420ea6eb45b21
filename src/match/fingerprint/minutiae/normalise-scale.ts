import type { GrayImage } from "../../../shared/image/gray-image.js"
import { FailureToEnrol } from "../../matcher.js"
import { nominalDpi, size } from "./parameters.js"

/** The image at 500 dpi, if it says what it is at (else it is taken to be there already).
 *  @throws FailureToEnrol for an image no finger fits into or that is far larger than a finger */
export function normaliseScale(image: GrayImage): GrayImage {
  const scale = image.dpi === undefined ? 1 : nominalDpi / image.dpi
  const sameScale = Math.abs(scale - 1) < 0.03
  const width = sameScale ? image.width : Math.round(image.width * scale)
  const height = sameScale ? image.height : Math.round(image.height * scale)
  const sizeText = `${image.width} × ${image.height} pixels${image.dpi === undefined ? "" : ` at ${image.dpi} dpi`}`
  if (!(Math.min(width, height) >= size.minSidePx)) {
    throw new FailureToEnrol("too-small", `${sizeText} is too small to hold a fingerprint`)
  }
  if (Math.max(width, height) > size.maxSidePx) {
    throw new FailureToEnrol(
      "too-large",
      `${sizeText} is larger than a finger: crop it, or state its resolution`,
    )
  }
  return sameScale ? image : resample(image, width, height)
}

/** Mean over the source area of each target pixel when shrinking, bilinear when growing. */
export function resample(image: GrayImage, width: number, height: number): GrayImage {
  const shrink = width < image.width
  const across = taps(image.width, width, shrink)
  const down = taps(image.height, height, shrink)
  const rows = new Float32Array(width * image.height)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (const [from, weight] of across[x]) sum += weight * image.pixels[y * image.width + from]
      rows[y * width + x] = sum
    }
  }
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (const [from, weight] of down[y]) sum += weight * rows[from * width + x]
      pixels[y * width + x] = Math.round(sum)
    }
  }
  return { width, height, pixels, dpi: nominalDpi }
}

function taps(from: number, to: number, shrink: boolean): (readonly [number, number])[][] {
  const ratio = from / to
  return Array.from({ length: to }, (_, i) => {
    if (!shrink) {
      const at = Math.max(0, Math.min(from - 1, (i + 0.5) * ratio - 0.5))
      const low = Math.floor(at)
      return [[low, 1 - (at - low)] as const, [Math.min(from - 1, low + 1), at - low] as const]
    }
    const start = i * ratio
    const end = (i + 1) * ratio
    const parts: (readonly [number, number])[] = []
    for (let s = Math.floor(start); s < Math.min(from, Math.ceil(end)); s++) {
      parts.push([s, (Math.min(end, s + 1) - Math.max(start, s)) / ratio])
    }
    return parts
  })
}
