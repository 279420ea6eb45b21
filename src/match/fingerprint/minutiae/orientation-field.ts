import { cellPx } from "./parameters.js"
import { type Plane, plane, smooth } from "./plane.js"

/** Ridge direction, one vector a cell in double-angle form: (cos 2θ, sin 2θ) × coherence, θ in [0, π) with x to the
 *  right and y down; coherence in [0, 1] is 1 where all gradients agree. */
export interface OrientationField {
  readonly cos: Plane
  readonly sin: Plane
}

export const orientationAt = ({ cos, sin }: OrientationField, cell: number): number => {
  const angle = Math.atan2(sin.values[cell], cos.values[cell]) / 2
  return angle < 0 ? angle + Math.PI : angle
}

/** Squared-gradient orientation (Bigün and Granlund 1987), averaged at several scales: each scale speaks in proportion
 *  to its own coherence squared, so fine windows win on clear curved ridges and coarse ones bridge noise. */
export function orientationField(image: Plane, radiiCells: readonly number[]): OrientationField {
  const tensor = cellTensor(image)
  const { width, height } = tensor.energy
  const cos = plane(width, height)
  const sin = plane(width, height)
  for (const radius of radiiCells) {
    const difference = smooth(tensor.difference, radius).values
    const product = smooth(tensor.product, radius).values
    const energy = smooth(tensor.energy, radius).values
    for (let i = 0; i < energy.length; i++) {
      const total = energy[i] + 1e-9
      const coherence = Math.sqrt(difference[i] ** 2 + product[i] ** 2) / total
      // the ridge runs across the gradient: half a turn in double angle
      cos.values[i] -= (coherence * difference[i]) / total
      sin.values[i] -= (coherence * product[i]) / total
    }
  }
  for (let i = 0; i < cos.values.length; i++) {
    // |vector| is now about scales × coherence²: back to one coherence
    const length = Math.sqrt(cos.values[i] ** 2 + sin.values[i] ** 2)
    const scale = length === 0 ? 0 : Math.sqrt(length / radiiCells.length) / length
    cos.values[i] *= scale
    sin.values[i] *= scale
  }
  return { cos, sin }
}

interface CellTensor {
  readonly difference: Plane // Σ gx² - gy²
  readonly product: Plane // Σ 2 gx gy
  readonly energy: Plane // Σ gx² + gy²
}

function cellTensor({ width, height, values }: Plane): CellTensor {
  const cols = Math.ceil(width / cellPx)
  const rows = Math.ceil(height / cellPx)
  const tensor = { difference: plane(cols, rows), product: plane(cols, rows), energy: plane(cols, rows) }
  for (let y = 1; y < height - 1; y++) {
    const cellRow = ((y / cellPx) | 0) * cols
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x
      const nw = values[i - width - 1]
      const ne = values[i - width + 1]
      const sw = values[i + width - 1]
      const se = values[i + width + 1]
      // Scharr's 3:10:3 weights: gradient direction with little angular bias
      const gx = 3 * (ne + se - nw - sw) + 10 * (values[i + 1] - values[i - 1])
      const gy = 3 * (sw + se - nw - ne) + 10 * (values[i + width] - values[i - width])
      const cell = cellRow + ((x / cellPx) | 0)
      tensor.difference.values[cell] += gx * gx - gy * gy
      tensor.product.values[cell] += 2 * gx * gy
      tensor.energy.values[cell] += gx * gx + gy * gy
    }
  }
  return tensor
}
