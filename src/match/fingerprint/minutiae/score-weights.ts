export interface LinearScore {
  readonly bias: number
  readonly weights: readonly number[]
}

/** Logistic regressions over `features`, fitted by `npm run bench -- match-fit` on the tuning fingers (101-105).
 *  Classes weigh the same; a feature that would count against its own meaning is left out (weight 0). */
export const scoreWeights: { readonly full: LinearScore; readonly minutiaeOnly: LinearScore } = {
  full: {
    bias: -9.2385,
    weights: [0.2797, 0.63759, 11.619, 2.4381, 0, 19.277, 4.2507, 8.2225, 5.3135, 1.9741, 1.968, 0.36798, 5.0045],
  },
  minutiaeOnly: {
    bias: -9.3972,
    weights: [0.85339, 1.9262, 17.972, 4.2916, 0, 0, 0, 0, 0, 0, 0, 0.82059, 17.832],
  },
}
