import type { OperatingPoints } from "../../operating-points.js"

/** Made by `npm run bench -- operating-points`; belongs to `scoreWeights` and to how prints are placed: to be made
 *  again with them. */
export const minutiaeOperatingPoints: OperatingPoints = {
  chosenOn:
    "FVC 2000 and 2002 set B, FVC 2006 DB1_A, U.are.U 4000 (two units), Biometrika: half of the fingers of each",
  genuine: 3442,
  impostor: 12171,
  llr: { slope: 3.717, offset: -2.601 },
  points: [
    {
      fmr: 0.01,
      threshold: 0.3265,
      thresholdInterval: [0.2193, 0.4853],
      fnmr: 0.07147,
      fnmrInterval: [0.02738, 0.1175],
      extrapolated: false,
    },
    {
      fmr: 0.001,
      threshold: 1.393,
      thresholdInterval: [0.8102, 2.238],
      fnmr: 0.09413,
      fnmrInterval: [0.04123, 0.1452],
      extrapolated: false,
    },
    {
      fmr: 0.0001,
      threshold: 2.831,
      thresholdInterval: [1.511, 4.655],
      fnmr: 0.1177,
      fnmrInterval: [0.05894, 0.1692],
      extrapolated: true,
    },
    {
      fmr: 0.00001,
      threshold: 4.27,
      thresholdInterval: [2.207, 7.341],
      fnmr: 0.1496,
      fnmrInterval: [0.08601, 0.2016],
      extrapolated: true,
    },
  ],
}
