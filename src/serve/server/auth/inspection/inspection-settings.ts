/** How images are judged. Plain data: it crosses into the worker threads. */
export interface InspectionSettings {
  /** A fingerprint matcher of `match/registry.ts`. */
  readonly matcherId: string
  /** Calibrated on dev; score >= threshold accepts. */
  readonly scoreThreshold: number
  /** Images below this quality (0-100, the matcher's own measure) are sent back for another touch. */
  readonly qualityFloor: number
  /** Promoted model by scanner id; a scanner without one is never accepted. */
  readonly models: Readonly<Record<string, string>>
  /** Folder of a tamper detector (`src/model/tamper-detector.ts`) that every image must pass where the scanner is
   *  asked for; absent: none. */
  readonly tamperDetector?: string
  /** Promoted model that tells fingers from artefacts, which every image must pass; absent: none. */
  readonly liveness?: string
  /** URL of a module whose `loadPredictor(model)` opens one; absent: promoted models of `@sourceprint/model`. */
  readonly predictorModule?: string
}
