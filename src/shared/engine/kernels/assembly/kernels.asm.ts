// The SIMD kernels of the wasm engine. The module imports the memory of tfjs' wasm backend and works on its tensors in
// place: every argument is an address or a size there. It has no data of its own, no heap and no stack in that memory.
export { copyBlock, fillZero } from "./tile"
export { convolve, filterGradient, packPanels, packTurnedPanels, padImage } from "./convolution"
export { matmul, matmulScratchBytes } from "./matmul"
export { activationGradient, adam, addRow, applyActivation, binary, binaryRow } from "./elementwise"
export { columnSums, copySlice, rowSums, scale, segmentSums } from "./reduce"
export { averagePoolGradient, maxPoolGradient } from "./pooling"
export { multiplyAddPeak } from "./peak"
