/** Names of kernels that tfjs has no name for. */
export const own = {
  activationGradient: "SourceprintActivationGradient",
  activationGradientSums: "SourceprintActivationGradientSums",
  clipGradient: "SourceprintClipGradient",
  channelMoments: "SourceprintChannelMoments",
  channelGradientSums: "SourceprintChannelGradientSums",
  trainingBatchNormGradient: "SourceprintTrainingBatchNormGradient",
} as const
