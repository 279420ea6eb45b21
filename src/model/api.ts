/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { loadPredictor } from "./load-predictor.js"
export { type AliasMove, type AliasReason, aliasHistory, currentAliases } from "./model-aliases.js"
export type { ModelCard } from "./model-card.js"
export {
  listModels,
  modelFolder,
  moveAlias,
  readVerifiedModel,
  rollBackAlias,
  type VerifiedModel,
} from "./model-registry.js"
export type { ScannerPredictor, ScannerVerdict } from "./predictor.js"
