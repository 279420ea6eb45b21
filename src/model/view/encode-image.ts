import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { type InputContract, rowsPerImage } from "../input-contract.js"
import { encodePatch, inputShape } from "./encode-patch.js"
import { patchesOf, regionOf } from "./patches.js"

/** Numbers in one row of the contract. */
export const rowLength = (contract: InputContract): number => inputShape(contract).reduce((a, b) => a * b, 1)

/** Rows of a region that `regionOf` cut: rowsPerImage × rowLength numbers, patch by patch. */
export function encodeRegion(region: GrayImage, contract: InputContract): Float32Array {
  const length = rowLength(contract)
  const rows = new Float32Array(rowsPerImage(contract) * length)
  patchesOf(region, contract).forEach((patch, i) => {
    rows.set(encodePatch(patch, contract.encoding), i * length)
  })
  return rows
}

/** An image as a model sees it when it predicts: rowsPerImage × rowLength numbers. Training uses the same steps. */
export const encodeImage = (image: GrayImage, contract: InputContract): Float32Array =>
  encodeRegion(regionOf(image, contract.region), contract)
