import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { type InputContract, patchSize, type Region } from "../input-contract.js"
import { printCentre, windowAround } from "./print-window.js"

/** What the model may know of the image; small, deterministic and worth keeping between epochs. */
export function regionOf(image: GrayImage, region: Region): GrayImage {
  switch (region.kind) {
    case "whole-frame":
      return resize(image, region.widthPx, region.heightPx)
    case "common-window":
      return windowAround(image, printCentre(image, region.sidePx), region.sidePx)
    case "sensor-window":
      return windowAround(image, { x: image.width / 2, y: image.height / 2 }, region.sidePx)
  }
}

/** The part of `region` that starts at (left, top), width × height large; it must lie inside. */
export function cut(region: GrayImage, left: number, top: number, width: number, height: number): GrayImage {
  if (left < 0 || top < 0 || left + width > region.width || top + height > region.height) {
    throw new RangeError(`a ${width} × ${height} patch at (${left}, ${top}) leaves the region`)
  }
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const from = (top + y) * region.width + left
    pixels.set(region.pixels.subarray(from, from + width), y * width)
  }
  return { width, height, pixels }
}

/** The fixed patches of a region, row by row: those that prediction votes over. */
export function patchesOf(region: GrayImage, contract: InputContract): GrayImage[] {
  const { widthPx, heightPx } = patchSize(contract)
  const grid = contract.patches?.grid ?? 1
  const at = (i: number, slack: number): number =>
    grid === 1 ? Math.floor(slack / 2) : Math.round((i * slack) / (grid - 1))
  return Array.from({ length: grid * grid }, (_, i) =>
    cut(
      region,
      at(i % grid, region.width - widthPx),
      at(Math.floor(i / grid), region.height - heightPx),
      widthPx,
      heightPx,
    ),
  )
}
