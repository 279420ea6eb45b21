// The SIMD kernels of the wasm engine. The module imports the memory of tfjs' wasm backend and works on its tensors in
// place: every argument is an address or a size there. It has no data of its own, no heap and no stack in that memory.
export { copyBlock, fillZero } from "./tile"
export { convolve, filterGradient, packPanels, packTurnedPanels, padImage } from "./convolution"
export { depthwiseConvolution, depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise"
export { affine, channelMoments, gradientSums } from "./normalization"
export { matmul, matmulScratchBytes } from "./matmul"
export { activationGradient, activationGradientSums, addRow, applyActivation } from "./elementwise"
export { binary, binaryRow, clipGradient } from "./elementwise"
export { columnSums, copySlice, rowSums, scale, segmentSums } from "./reduce"
export { averagePoolGradient, maxPool, maxPoolGradient } from "./pooling"
export { turnFilter, winogradConvolve, winogradFilterGradient, winogradScratchBytes } from "./winograd"
export { multiplyAddPeak } from "./peak"
