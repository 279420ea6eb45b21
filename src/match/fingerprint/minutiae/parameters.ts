/** Every tuned number of the `minutiae` matcher. Lengths are pixels at 500 dpi unless the name says otherwise. Chosen
 *  on the choosing fingers of each set (`bench/finger-sets.ts`), never on the others (`npm run bench -- match-sets`);
 *  the experiments and what was tried stand in docs/matching-fingerprints.md. */

export const nominalDpi = 500
/** Side of a map cell (orientation, period, reliability, mask). */
export const cellPx = 4

export const size = {
  /** A print narrower than this shows no neighbourhoods. */
  minSidePx: 64,
  /** Two and a half inches at 500 dpi: no single finger is larger; bounds time and memory. */
  maxSidePx: 1250,
}

export const normalisation = {
  /** Half side of the window for the local mean and deviation: covers two to three ridges. */
  radiusPx: 12,
  /** Deviation is never taken below this fraction of the image's 90th percentile, so that background stays quiet. */
  floorFraction: 0.12,
  /** Values beyond this many deviations are dust, scars or borders. */
  clip: 2.5,
}

export const segmentation = {
  /** Grey levels: a print whose strongest regions deviate less has nothing to read. */
  minDeviation: 3,
  /** A cell is a candidate where its deviation exceeds this fraction of the 90th percentile. */
  contrastFraction: 0.2,
  /** Mean of reliability (image and enhanced image agree, 0-1) and purity (one ridge frequency, 0-1) that the cells
   *  around a cell of the print have at least. */
  minWorth: 0.32,
  radiusCells: 3,
  maxHoleCells: 150,
  /** Components smaller than this fraction of the largest are dropped. */
  minComponentFraction: 0.2,
}

/** Fingerprint or not, natural log odds: see `print-likelihood.ts`. */
export const likelihood = {
  /** Below it an image is refused. */
  refused: -2,
  /** Below it a print gets no higher quality than `doubtfulQuality`. */
  doubtful: 0.75,
  doubtfulQuality: 20,
  /** By how much another scale has to look more like a print than the one an image has. */
  scaleMargin: 1.5,
  /** Square ridge periods: 25 mm × 32 mm of ridges 0.45 mm apart. */
  maxPeriods: 4000,
  /** Standard deviation of the natural logarithm of the ridge period: 0.02 and more on the prints that chose it. */
  leastPeriodSpread: 0.015,
}

export const orientation = {
  /** Half sides, in cells, of the (twice applied) averaging windows, fine to coarse. */
  radiiCells: [2, 4, 8] as readonly number[],
  /** The same for the passes over the enhanced image, which is clean already. */
  refinedRadiiCells: [2, 4] as readonly number[],
}

export const frequency = {
  stepPx: 16,
  halfAlongPx: 10,
  halfAcrossPx: 26,
  minPeriodPx: 4.5,
  maxPeriodPx: 16,
  candidates: 28,
  /** What fingers have at 500 dpi. */
  typicalPx: 9,
  rarelyBelowPx: 6.6,
  rarelyAbovePx: 14,
}

export const enhancement = {
  orientations: 64,
  /** Standard deviation of the smoothing along the ridge. */
  sigmaAlongPx: 5,
  /** Standard deviation across the ridge, in ridge periods. */
  sigmaAcrossPeriods: 0.42,
  passes: 2,
}

export const minutiaRules = {
  /** Skeleton followed to find a direction's sense. */
  tracePx: 14,
  /** A branch shorter than this many periods is a spur. */
  spurPeriods: 1.2,
  islandPeriods: 1.6,
  bridgePeriods: 0.9,
  lakePeriods: 2.2,
  breakPeriods: 1.5,
  breakAngleRad: 0.6,
  borderEndingPx: 10,
  borderBifurcationPx: 8,
  /** Two closer than this are one. */
  mergePx: 6,
  minQuality: 0.2,
  maxCount: 120,
  minCount: 1,
}

/** Minutia cylinder code (Cappelli, Ferrara and Maltoni 2010), bit form, the published 8 × 8 × 6 setting. */
export const cylinder = {
  radiusPx: 70,
  side: 8,
  sections: 6,
  sigmaPx: 28 / 3,
  sigmaRad: (2 * Math.PI) / 9,
  /** A cell's bit is set from this contribution on. */
  bitThreshold: 0.01,
  /** Two cylinders are compared only where this share of the cells is inside both prints. */
  minCommon: 0.35,
}

export const alignment = {
  /** Most similar minutia pairs that are looked at, and those of them that enter relaxation. */
  looked: 160,
  candidates: 72,
  minSimilarity: 0.4,
  /** Two pairs are compatible where their offsets differ by less than base + slope × distance. */
  tolerancePx: 8,
  tolerancePerPx: 0.12,
  toleranceRad: 0.5,
  relaxations: 4,
  relaxationWeight: 0.5,
  hypotheses: 8,
  /** The best of them, roughly paired, that are fitted and paired again. */
  refined: 3,
  /** Two hypotheses closer than this at the print's centre are one. */
  sameShiftPx: 16,
  sameTurnRad: 0.2,
}

/** Placements without minutiae, where one of the prints has few. */
export const directionSearch = {
  /** The print with fewer minutiae has at most this many. */
  maxMinutiae: 24,
  /** Agreement of the ridges from which no better placement is looked for. */
  enough: 0.45,
  turnRad: 0.13,
  /** Each way. */
  turns: 5,
  stepCells: 2,
  /** Share of the probe's samples that the overlap has at least. */
  least: 0.35,
  placements: 12,
  apartCells: 2.3,
  apartRad: 0.2,
  nearCells: 1,
  /** About this many patches for the quick look at the ridges that chooses among them. */
  quickBlocks: 50,
}

export const placement = {
  maxScale: 1.18,
  /** Weight of "no scale", square pixels times pairs' weight, and the same for each pair. */
  scalePrior: 8000,
  scalePriorPerWeight: 1000,
}

export const pairing = {
  firstRadiusPx: 20,
  /** Within which a pair is looked for, one a round. */
  radiiPx: [16, 12] as readonly number[],
  angleRad: 0.6,
  /** Reach of one pair's residual into the smooth deformation, and the weight of "no deformation". */
  deformationSigmaPx: 60,
  deformationPrior: 0.5,
  /** Square pixels, against turn and stretch of a neighbourhood that only few pairs tell. */
  bendPrior: 2500,
}

/** Maps kept in the template. */
export const map = {
  cellPx: 8,
  /** Sampling step of the binary ridge picture. */
  ridgeStepPx: 2,
}

/** Patches in which the ridges of two prints are laid over each other. */
export const strip = {
  lines: 7,
  alongPx: 4,
  samples: 18,
  acrossPx: 1.5,
  /** Samples a patch may move across its ridges each way. */
  maxShift: 6,
  /** How far a patch may continue its own for the agreement at its best. */
  freeShift: 3,
  /** About this many places a print for the quick look at ridge directions that ranks pairs and placements, and how
   *  many more count as telling nothing. */
  directionSamples: 60,
  directionPrior: 4,
  /** About this many patches a comparison: the grid is as coarse as it takes. */
  maxBlocks: 220,
  /** Half sides, in patches, of the (twice averaged) neighbourhoods that share a shift, one a round. */
  smoothRadii: [3, 2, 1] as readonly number[],
  /** Samples from its neighbourhood's shift that a patch may choose. */
  firstWindow: 3,
  laterWindow: 2,
  /** Weight of "no shift", in patches of full agreement. */
  shiftPrior: 0.3,
}

/** The ridges around a minutia, read along its direction. */
export const minutiaPatch = {
  lines: 13,
  /** Samples that one may be shifted against the other across the direction. */
  shift: 2,
  /** How many samples more count as telling nothing. */
  prior: 100,
  /** Agreement without a shift below which none is tried. */
  hopeless: -0.05,
}

/** Placements from one pair of minutiae and the ridges around it. */
export const registration = {
  /** Half sides of the squares around the seed whose ridges are laid over each other, one a round, and the agreement
   *  that each has at least. */
  reachesPx: [36, 60, 100, 160] as readonly number[],
  least: [0.45, 0.4, 0.36, 0.34] as readonly number[],
  /** Patches along a square's side, as far as they are so far apart. */
  across: 8,
  leastStepPx: 18,
  leastPatches: 6,
  /** How many patches more count as telling nothing. */
  prior: 3,
  /** Weights of "stay where you are", against the patches', and of "turn and scale as they are", square steps. */
  held: 0.02,
  bend: 1,
  /** Agreement of the ridges around two minutiae from which they are a seed, seeds that are looked at, most alike
   *  first, and placements that are tried. */
  leastPatch: 0.35,
  looked: 16,
  tried: 2,
}

/** Whether two touches are one picture moved about; lengths in pixels. The bound was chosen on the real scanners'
 *  fingers 101-105 (`npm run bench -- duplicates`), everything else before any of them was looked at. */
export const rigidity = {
  /** A print whose ridges stay within this of another's under one rigid placement is a copy of it. */
  boundPx: 0.4,
  hopelessPx: 1.2,
  minPairs: 6,
  trimRounds: 4,
  rounds: 4,
  maxPatches: 260,
  minPatches: 12,
  /** Agreement below which a patch says nothing about where it lies. */
  minPeak: 0.6,
  maxShiftPx: 4,
  shiftStepPx: 0.5,
  /** A patch: lines along the ridges, samples across them, to each side. */
  halfLines: 4,
  halfSamples: 8,
  samplePx: 2,
}

/** First stage of 1:N search; settings from `npm run bench -- match-identify`. */
export const galleryIndex = {
  probeMinutiae: 24,
  minSimilarity: 0.35,
  tolerancePx: 12,
  tolerancePerPx: 0.15,
  toleranceRad: 0.5,
}
