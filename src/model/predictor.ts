import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** The target of models that tell fingers from artefacts. */
export const BONA_FIDE = "bona fide"

/** What a source-scanner model, or one that tells fingers from artefacts, says about one image. */
export interface ScannerVerdict {
  /** Probability in [0, 1] that the target scanner of the model took the image; that it is `bona fide`
   *  where that is the target. */
  readonly probTargetScanner: number
  /** The card's threshold, chosen on dev. */
  readonly threshold: number
  /** probTargetScanner >= threshold */
  readonly accepted: boolean
}

/** A promoted model, loaded and warm. `train` promotes, `serve` asks; neither knows the other. */
export interface ScannerPredictor {
  readonly modelId: string
  /** The scanner whose images it accepts; for one-vs-one, the first of the pair. */
  readonly targetScanner: string
  /** One verdict an image, in order. @throws AppError for an image that the input contract refuses */
  predict(images: readonly GrayImage[]): Promise<readonly ScannerVerdict[]>
  /** Frees the tensors; the predictor must not be used afterwards. */
  dispose(): void
}
