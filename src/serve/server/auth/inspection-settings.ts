/** How images are judged. Plain data: it crosses into the worker threads. */
export interface InspectionSettings {
  /** A fingerprint matcher of `match/registry.ts`. */
  readonly matcherId: string
  /** Calibrated on dev; score >= threshold accepts. */
  readonly scoreThreshold: number
  /** Images below this quality (0-100, the matcher's own measure) are sent back for another touch. */
  readonly qualityFloor: number
  /** Promoted model by scanner id. */
  readonly models: Readonly<Record<string, string>>
  /** URL of the module whose `loadPredictor(model)` opens one; it comes from `cli`. Absent: no scanner is ever accepted. */
  readonly predictorModule?: string
}
