/** Puts the SIMD kernels in the place of the stock ones, on the wasm backend that is running. */
import { tf } from "#tfjs"
import { normalizeBatchesInOneKernel } from "./batch-norm-training.js"
import * as convolutionGradients from "./convolution-gradients.js"
import * as convolution from "./convolution-kernels.js"
import * as depthwise from "./depthwise-kernels.js"
import * as elementwise from "./elementwise-kernels.js"
import { convolveInOneKernel } from "./fused-convolution.js"
import * as matmul from "./matmul-kernels.js"
import * as normalization from "./normalization-kernels.js"
import { own } from "./own-kernel-names.js"
import * as pooling from "./pooling-kernels.js"
import * as reduction from "./reduction-kernels.js"
import { type SimdKernel, SimdModule, type WasmBackend } from "./simd-module.js"
import { registerWasmGradients } from "./wasm-gradients.js"

/** tfjs' kernel name -> ours. Where ours does not cover a case it calls the kernel that was there before. */
const kernels: Readonly<Record<string, SimdKernel>> = {
  Conv2D: convolution.conv2D,
  FusedConv2D: convolution.fusedConv2D,
  Conv2DBackpropInput: convolutionGradients.conv2DBackpropInput,
  Conv2DBackpropFilter: convolutionGradients.conv2DBackpropFilter,
  DepthwiseConv2dNative: depthwise.depthwiseConv2D,
  DepthwiseConv2dNativeBackpropFilter: depthwise.depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwise.depthwiseBackpropInput,
  BatchMatMul: matmul.batchMatMul,
  _FusedMatMul: matmul.fusedMatMul,
  Add: elementwise.add,
  Sub: elementwise.subtract,
  Multiply: elementwise.multiply,
  RealDiv: elementwise.divide,
  Relu: elementwise.relu,
  Relu6: elementwise.relu6,
  Identity: elementwise.identity,
  [own.activationGradient]: elementwise.activationGradient,
  [own.activationGradientSums]: elementwise.activationGradientSums,
  [own.clipGradient]: elementwise.clipGradient,
  FusedBatchNorm: normalization.fusedBatchNorm,
  [own.channelMoments]: normalization.channelMoments,
  [own.channelGradientSums]: normalization.channelGradientSums,
  [own.trainingBatchNormGradient]: normalization.trainingBatchNormGradient,
  MaxPool: pooling.maxPool,
  MaxPoolGrad: pooling.maxPoolGrad,
  AvgPoolGrad: pooling.avgPoolGrad,
  Sum: reduction.sum,
  Mean: reduction.mean,
  Slice: reduction.slice,
  Concat: reduction.concat,
  UnsortedSegmentSum: reduction.unsortedSegmentSum,
}

let registered: SimdModule | undefined

/** Call with the wasm backend in force. Registering again does nothing. @returns the compiled module */
export async function registerSimdKernels(wasmUrl?: string): Promise<SimdModule> {
  const module = registered ?? (await SimdModule.load(tf.backend() as WasmBackend, wasmUrl))
  if (registered !== undefined) return registered
  registered = module
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const stock = tf.getKernel(kernelName, "wasm")
    if (stock !== undefined) tf.unregisterKernel(kernelName, "wasm")
    tf.registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: (params) =>
        kernel({
          module,
          inputs: params.inputs as Record<string, tf.TensorInfo>,
          attrs: params.attrs ?? {},
          stock: () => {
            if (stock === undefined) throw new RangeError(`the wasm engine has no ${kernelName} for this case`)
            return stock.kernelFunc(params) as tf.TensorInfo | tf.TensorInfo[]
          },
        }),
    })
  }
  registerWasmGradients()
  normalizeBatchesInOneKernel()
  convolveInOneKernel()
  return module
}
