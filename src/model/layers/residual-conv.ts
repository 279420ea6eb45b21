import { defined } from "@sourceprint/core/defined.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { tf } from "@sourceprint/engine/tfjs.js"

const SIDE = 5

const at = (cells: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: SIDE * SIDE }, (_, i) => cells[i] ?? 0)

/** Classic high-pass kernels, 5 × 5, row-major, divided by the weight of their centre: first and second differences
 *  along x and y, the 3 × 3 and the 5 × 5 square of Ker and Böhme as the spatial rich model lists them
 *  (Fridrich, Kodovský 2012, table 1). */
const HIGH_PASS: readonly (readonly number[])[] = [
  at({ 12: -1, 13: 1 }),
  at({ 12: -1, 17: 1 }),
  at({ 11: 0.5, 12: -1, 13: 0.5 }),
  at({ 7: 0.5, 12: -1, 17: 0.5 }),
  at({ 6: -0.25, 7: 0.5, 8: -0.25, 11: 0.5, 12: -1, 13: 0.5, 16: -0.25, 17: 0.5, 18: -0.25 }),
  [-1, 2, -2, 2, -1, 2, -6, 8, -6, 2, -2, 8, -12, 8, -2, 2, -6, 8, -6, 2, -1, 2, -2, 2, -1].map((k) => k / 12),
]
export interface ResidualConvConfig {
  /** `fixed`: the six classic kernels, never trained; `constrained`: learned kernels held at sum 0. */
  readonly kernels: "fixed" | "constrained"
  /** Used by `constrained`; `fixed` always has six. */
  readonly filters: number
  /** Residuals are clipped at ± this many grey levels: ridges are large, noise is small. */
  readonly clipLevels: number
  readonly seed: number
  readonly name?: string
}

/** (N, H, W, 1) grey levels -> (N, H, W, filters) residuals: only what the neighbours do not explain. The constraint
 *  follows Bayar and Stamm 2016 in its linear form: the mean of each kernel is taken off before it is used. */
export class ResidualConv extends tf.layers.Layer {
  static className = "SourceprintResidualConv"
  private readonly config: ResidualConvConfig
  private kernel: tf.LayerVariable | undefined

  constructor(config: ResidualConvConfig) {
    super(config.name === undefined ? {} : { name: config.name })
    this.config = config
  }

  private get filters(): number {
    return this.config.kernels === "fixed" ? HIGH_PASS.length : this.config.filters
  }

  override build(): void {
    const { kernels, seed } = this.config
    const fixed = kernels === "fixed"
    const shape = [SIDE, SIDE, 1, this.filters]
    const start = tf.initializers.glorotUniform({ seed })
    this.kernel = this.addWeight("kernel", shape, "float32", start, undefined, !fixed)
    if (fixed) {
      const table = Float32Array.from({ length: SIDE * SIDE * HIGH_PASS.length }, (_, i) =>
        defined(inTurn(HIGH_PASS, i)[Math.floor(i / HIGH_PASS.length)]),
      )
      const value = tf.tensor(table, shape)
      this.kernel.write(value)
      value.dispose()
    }
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, 3), this.filters]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D
      if (this.kernel === undefined) throw new TypeError("the layer is not built")
      const raw = this.kernel.read() as tf.Tensor4D
      const kernel = this.config.kernels === "fixed" ? raw : raw.sub(raw.mean([0, 1], true))
      const { clipLevels } = this.config
      return tf
        .conv2d(x, kernel as tf.Tensor4D, 1, "same")
        .clipByValue(-clipLevels, clipLevels)
        .div(clipLevels)
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernels, filters, clipLevels, seed } = this.config
    return { ...super.getConfig(), kernels, filters, clipLevels, seed }
  }
}
tf.serialization.registerClass(ResidualConv)
