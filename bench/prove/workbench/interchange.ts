import { withoutKeras, withoutOnnx } from "../../../test/support/python-peers.js"
import { exchangedIds, kerasExchanges, onnxExchanges } from "../../exchanged-networks.js"
import type { Claim, Figure } from "../claim.js"
import { atLeast, atMost } from "../figure.js"

/** Largest difference of the outputs, network by network, and that the outputs differ from row to row. */
export async function kerasFigures(ids: readonly string[]): Promise<Figure[]> {
  const exchanges = await kerasExchanges(ids)
  return exchanges.flatMap(({ id, format, out, back, spread }) => [
    atMost(`${id}, ours to Keras as ${format}`, out, 1e-5, "largest difference"),
    atMost(`${id}, saved by Keras as ${format}, to ours`, back ?? Number.NaN, 1e-5, "largest difference"),
    ...(format === "h5" ? [atLeast(`${id}, outputs over the rows`, spread, 1e-3, "range")] : []),
  ])
}

export const kerasClaim: Claim<Figure> = {
  title:
    "Keras: five networks of the zoo, weights drawn anew, answer the same in Keras, and here when Keras saved them",
  measure: () => {
    if (withoutKeras) throw new Error(withoutKeras)
    return kerasFigures(exchangedIds)
  },
}

export const onnxFigures = async (ids: readonly string[]): Promise<Figure[]> =>
  (await onnxExchanges(ids)).flatMap(({ id, out, spread }) => [
    atMost(`${id}, ours to onnxruntime`, out, 1e-5, "largest difference"),
    atLeast(`${id}, outputs over the rows`, spread, 1e-3, "range"),
  ])

export const onnxClaim: Claim<Figure> = {
  title: "ONNX: five networks of the zoo, their weights drawn anew, answer the same in onnxruntime",
  measure: () => {
    if (withoutOnnx) throw new Error(withoutOnnx)
    return onnxFigures(exchangedIds)
  },
}
