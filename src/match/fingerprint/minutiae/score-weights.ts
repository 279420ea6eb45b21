/** Logistic regression over `features`, fitted by `npm run bench -- match-fit` on the tuning fingers (101-105). Classes
 *  weigh the same; a feature that would count against its own meaning is left out (weight 0). */
export const scoreWeights: { readonly bias: number; readonly weights: readonly number[] } = {
  bias: -5.5202,
  weights: [0.72788, 0.88403, 7.4695, 0, 0, 20.409, 2.9307, 3.2765, 6.2081, 2.7062, 2.184, 0.72185, 2.9936],
}
