import { AppError } from "@sourceprint/core/errors.js"
import { TILE_PX } from "@sourceprint/model/features/power-spectrum.js"
import {
  type Encoding,
  type InputContract,
  type PatchGrid,
  patchSize,
  type ViewConfig,
  type Vote,
} from "@sourceprint/model/input-contract.js"

/** The contract of a model in a view: the view's patches and vote where it names them, else the model's own. A whole
 *  frame is never cut by the model's own wish. `own.patches` larger than the window shrinks to it.
 *  @throws AppError "zoo/view" when the patch is too small for the encoding */
export function contractFor(
  view: ViewConfig,
  own: { readonly patches?: PatchGrid | undefined; readonly encoding: Encoding; readonly vote?: Vote },
): InputContract {
  const { region } = view
  const wished =
    own.patches && region.kind !== "whole-frame"
      ? { ...own.patches, sidePx: Math.min(own.patches.sidePx, region.sidePx) }
      : undefined
  const patches = view.patches ?? wished
  const contract: InputContract = {
    region,
    ...(patches ? { patches } : {}),
    encoding: own.encoding,
    vote: view.vote ?? own.vote ?? "mean-log-odds",
  }
  const { widthPx, heightPx } = patchSize(contract)
  if (own.encoding.kind.includes("spectrum") || own.encoding.kind.startsWith("texture")) {
    if (Math.min(widthPx, heightPx) < TILE_PX) {
      throw new AppError(
        "zoo/view",
        `${own.encoding.kind} takes patches of at least ${TILE_PX} × ${TILE_PX} px, the view gives ` +
          `${widthPx} × ${heightPx}`,
      )
    }
  }
  return contract
}
