/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export {
  type Engine,
  type EngineChoice,
  type EngineName,
  type EngineOptions,
  engineChoices,
  selectEngine,
} from "./select-engine.js"
