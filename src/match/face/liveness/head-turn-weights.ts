/** Logistic regression of living turns against simulated photographs, on odd people of the ORL faces, with simulated
 *  heads and prints beside them so that it holds for other cameras and distances; `npm run bench -- head-turn` fits it
 *  again and prints what it does on the people that each fit has not seen. These are of one draw of the samples, to
 *  four digits; the program draws others. Order: `turnFeatures`. */
export const headTurnWeights = {
  offset: -2.676,
  weights: [
    -1.17, -9.644, 5.351, -6.143, -1.601, -5.731, -1.891, -3.767, -2.68, -3.456, -0.4722, -2.78, 0.008209, -1.008,
    -3.348, 0.4327, 1.703, -0.1437, -10.81, 3.599, -0.4943, 0.1136, -1.665, 13.09, 0.9212, 10.3, -1.893, 14.19, -2.27,
    15.7, 8.686, 30.69, -7.896, -5.834, -0.5992, 1.062, 12.06, -16.68, 6.255, 20.52, 8.828,
  ],
} as const
