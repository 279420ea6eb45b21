/** The replaced system's settings, as read in its source; nothing here was tuned. Its enhancement follows the method of
 *  Hong, Wan and Jain (1998) in the form that P. Kovesi published with his default figures. */
export const orbHarrisParameters = {
  clahe: { clipLimit: 2, tilesPerSide: 8 },
  enhancement: {
    segmentBlockPx: 16,
    /** Of the standard deviation after normalising to mean 0, deviation 1. */
    segmentDeviation: 0.1,
    gradientSigmaPx: 1,
    blockSigmaPx: 7,
    orientationSigmaPx: 7,
    frequencyBlockPx: 38,
    frequencyWindowPx: 5,
    minRidgePeriodPx: 5,
    maxRidgePeriodPx: 15,
    angleStepDeg: 3,
    /** Filter deviations along and across the ridge, in ridge periods. */
    sigmaPeriods: 0.65,
    /** A filtered value below this is ridge. */
    ridgeBelow: -3,
  },
  harris: { blockPx: 3, aperturePx: 3, k: 0.04, keypointAbove: 125 },
  /** Ours: bounds time and memory where the corner threshold lets half the image through. */
  maxKeypoints: 3000,
} as const
