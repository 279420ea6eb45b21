/** What the face pipeline was set to. The attempts and borders were chosen on odd people of the ORL faces, images 1 and
 *  7; the least scores on all of them, so that pictures of no face are refused and every portrait is found: failures to
 *  enrol on this set are therefore optimistic. Recognition itself was not tuned. `npm run prove -- faces` reports
 *  it. */
export const faceParameters = {
  detect: {
    minSidePx: 40,
    maxPixels: 16_000_000,
    /** Tried in order until one finds a face: the border (share of the shorter side) helps with tight portraits and
     *  halves small heads, for which pictures of `minLongerSidePx` or more are looked at finely. */
    attempts: [
      { net: "tiny", border: 0.22, inputPx: 160, minScore: 0.55, minLongerSidePx: 0 },
      { net: "tiny", border: 0.43, inputPx: 224, minScore: 0.55, minLongerSidePx: 0 },
      { net: "tiny", border: 0, inputPx: 608, minScore: 0.55, minLongerSidePx: 480 },
      { net: "ssd", border: 0.43, inputPx: 512, minScore: 0.5, minLongerSidePx: 0 },
    ],
    /** Larger pictures are brought to this before detection; every detector reduces them further. */
    mostLongerSidePx: 640,
    /** Shorter side is brought to at least this before detection. */
    workingSidePx: 240,
  },
  /** Aligned crop: eyes at these shares of width and height. */
  align: { width: 96, height: 112, eyeY: 0.36, leftEyeX: 0.3, rightEyeX: 0.7, embeddingMargin: 0.35 },
  quality: { goodEyeDistancePx: 40, goodSharpness: 12, minScore: 10 },
  /** Frames of one person that are more alike than this are one frame. One picture made 3 grey levels brighter lies at
   *  29 to 38 (lbph) and 0.006 to 0.008 (embedding), another picture of the person at 45 to 92 and 0.17 to 0.51 (s4,
   *  s9, s15). */
  nearCopy: { lbphDistance: 40, embeddingDistance: 0.08 },
  maxFrames: 300,
} as const
