import { defined } from "@sourceprint/core/defined.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { thumbnail, thumbnailCorrelation } from "@sourceprint/core/image/thumbnail.js"

/** What can be told of a touch from one image. Every value depends on the image alone, in units of its own. */
export interface CaptureQuality {
  /** Share of 16 × 16 blocks that show ridges, [0, 1]. */
  readonly coverage: number
  /** Median standard deviation of those blocks, grey levels. */
  readonly contrast: number
  /** Median of mean absolute slope over deviation in them, per pixel. */
  readonly sharpness: number
  /** Share of their pixels at the darkest or the lightest end, whichever is larger, [0, 1]. */
  readonly saturation: number
  /** 1 minus the slope energy of the flattest direction over that of the steepest, over all ridge blocks, [0, 1]:
   *  movement wipes out the slopes along its path, whatever the ridges' own directions. */
  readonly movement: number
  /** Correlation of thumbnails with the touch before; 0 without one. */
  readonly similarity: number
}

const BLOCK_PX = 16
/** Deviation of a block, grey levels, from which it counts as ridges; empty platen of sensors stays below 8. */
const RIDGE_DEVIATION = 10

interface Block {
  readonly deviation: number
  readonly slope: number
  /** Sums of squared and mixed slopes: the structure tensor. */
  readonly xx: number
  readonly yy: number
  readonly xy: number
  readonly darkest: number
  readonly lightest: number
}

export function measureQuality(image: GrayImage, previous?: GrayImage): CaptureQuality {
  const columns = Math.floor(image.width / BLOCK_PX)
  const rows = Math.floor(image.height / BLOCK_PX)
  const ridges: Block[] = []
  for (let i = 0; i < columns * rows; i++) {
    const block = measureBlock(image, (i % columns) * BLOCK_PX, Math.floor(i / columns) * BLOCK_PX)
    if (block.deviation >= RIDGE_DEVIATION) ridges.push(block)
  }
  const share = (of: (block: Block) => number): number =>
    ridges.reduce((sum, block) => sum + of(block), 0) / (Math.max(1, ridges.length) * BLOCK_PX ** 2)
  return {
    coverage: ridges.length / Math.max(1, columns * rows),
    contrast: median(ridges.map((block) => block.deviation)),
    sharpness: median(ridges.map((block) => block.slope / block.deviation)),
    saturation: Math.max(
      share((block) => block.darkest),
      share((block) => block.lightest),
    ),
    movement: directionalLoss(ridges),
    similarity: previous === undefined ? 0 : thumbnailCorrelation(thumbnail(image), thumbnail(previous)),
  }
}

function measureBlock({ width, height, pixels }: GrayImage, left: number, top: number): Block {
  const grey = (at: number): number => pixels[at] ?? 0
  let sum = 0
  let squares = 0
  let slope = 0
  let [xx, yy, xy] = [0, 0, 0]
  let [darkest, lightest] = [0, 0]
  for (let y = top; y < top + BLOCK_PX; y++) {
    for (let x = left; x < left + BLOCK_PX; x++) {
      const at = y * width + x
      const value = grey(at)
      sum += value
      squares += value * value
      if (value <= 8) darkest++
      else if (value >= 247) lightest++
      const dx = (grey(x + 1 < width ? at + 1 : at) - grey(x > 0 ? at - 1 : at)) / 2
      const dy = (grey(y + 1 < height ? at + width : at) - grey(y > 0 ? at - width : at)) / 2
      slope += Math.hypot(dx, dy)
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
  }
  const count = BLOCK_PX ** 2
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return { deviation, slope: slope / count, xx, yy, xy, darkest, lightest }
}

/** By the eigenvalues of the sum of structure tensors. */
function directionalLoss(blocks: readonly Block[]): number {
  let [xx, yy, xy] = [0, 0, 0]
  for (const block of blocks) {
    xx += block.xx
    yy += block.yy
    xy += block.xy
  }
  const half = (xx + yy) / 2
  const spread = Math.hypot((xx - yy) / 2, xy)
  return half + spread === 0 ? 0 : 1 - (half - spread) / (half + spread)
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (defined(low) + defined(high)) / 2
}
