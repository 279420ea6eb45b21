/** What other programs may use of this package, in Node and in a browser; its other files may change with every
 *  version.
 *  @packageDocumentation */
export {
  llrOf,
  type MatchCalibration,
} from "./calibration.js"
export {
  type Candidate,
  fmrForGallery,
  type Gallery,
  gallery,
  type IdentifyOptions,
  identify,
} from "./identify.js"
export {
  type FailureReason,
  FailureToEnrol,
  type Matcher,
  type Modality,
  type TemplateCodec,
} from "./matcher.js"
export { loadMatcher, matchersOf } from "./registry.js"
export { type PairResult, verifyPair } from "./verify.js"
