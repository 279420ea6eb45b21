import type {
  Encoding,
  InputContract,
  PatchGrid,
  ViewConfig,
  Vote,
} from "../../shared/model/input-contract.js"

/** The contract of a model in a view: the view's patches and vote where it names them, else the model's own. A whole
 *  frame is never cut by the model's own wish. `own.patches` larger than the window shrinks to it. */
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
  return {
    region,
    ...(patches ? { patches } : {}),
    encoding: own.encoding,
    vote: view.vote ?? own.vote ?? "mean-log-odds",
  }
}
