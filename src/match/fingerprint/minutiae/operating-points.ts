import type { OperatingPoints } from "../../operating-points.js"

/** Made by `npm run bench -- operating-points`; belongs to `scoreWeights` and to how prints are placed: to be made
 *  again with them. */
export const minutiaeOperatingPoints: OperatingPoints = {
  chosenOn:
    "FVC 2000 and 2002 set B, FVC 2006 DB1_A, U.are.U 4000 (two units), Biometrika: half of the fingers of each",
  genuine: 3442,
  impostor: 12171,
  llr: { slope: 4.257, offset: -2.511 },
  points: [
    {
      fmr: 0.01,
      threshold: 0.2861,
      thresholdInterval: [0.1977, 0.3975],
      fnmr: 0.07873,
      fnmrInterval: [0.03368, 0.1266],
      extrapolated: false,
    },
    {
      fmr: 0.001,
      threshold: 1.172,
      thresholdInterval: [0.6465, 1.927],
      fnmr: 0.1031,
      fnmrInterval: [0.0491, 0.1566],
      extrapolated: false,
    },
    {
      fmr: 0.0001,
      threshold: 2.446,
      thresholdInterval: [1.148, 4.522],
      fnmr: 0.122,
      fnmrInterval: [0.0641, 0.1759],
      extrapolated: true,
    },
    {
      fmr: 0.00001,
      threshold: 3.719,
      thresholdInterval: [1.613, 7.118],
      fnmr: 0.1502,
      fnmrInterval: [0.08494, 0.2081],
      extrapolated: true,
    },
  ],
}
