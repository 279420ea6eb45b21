import type { BoardMatcher } from "./board-matcher.js"

/** Ridge pattern on a grid of 4-pixel cells: 1 where a cell is lighter than its neighbourhood, with a mask of 4×4-cell
 *  blocks that hold ridges. Two templates are compared by the best correlation over shifts of up to 32 pixels; rotation
 *  is not searched, so a touch turned by more than about 5 degrees is not recognised. Simple and sound, no more: it
 *  exists so that the twin can answer Match and Search by the image, not by a script. */
const CELL_PX = 4
const COLUMNS = 64
const ROWS = 60
const BLOCK_CELLS = 4
const MASK_OFFSET = 2 + (COLUMNS * ROWS) / 8
const TEMPLATE_BYTES = 512
const MAX_SHIFT_CELLS = 8
/** Share of the grid that must hold ridges to make a template, and that two templates must share. */
const MIN_RIDGE_SHARE = 0.12
const MIN_OVERLAP_SHARE = 0.08
/** Mean absolute deviation, in levels, above which a block holds ridges. */
const RIDGE_DEVIATION = 0.8
/** Score (correlation in percent) for security levels 1 to 5; impostor maxima over the shifts stay below 25. */
const THRESHOLDS = [26, 29, 32, 36, 40]

interface Grid {
  /** +1, -1, or 0 outside the mask, COLUMNS × ROWS. */
  readonly cells: Int8Array
}

export const correlationMatcher: BoardMatcher = {
  extract(levels, width, height) {
    const means = cellMeans(levels, width, height)
    const template = new Uint8Array(TEMPLATE_BYTES)
    template.set([COLUMNS, ROWS])
    let ridgeBlocks = 0
    const blocksAcross = COLUMNS / BLOCK_CELLS
    const blocks = blocksAcross * (ROWS / BLOCK_CELLS)
    for (let block = 0; block < blocks; block++) {
      const top = Math.floor(block / blocksAcross) * BLOCK_CELLS
      const left = (block % blocksAcross) * BLOCK_CELLS
      let deviation = 0
      for (let i = 0; i < BLOCK_CELLS ** 2; i++) {
        const row = top + (i >> 2)
        const column = left + (i & 3)
        const contrast = means[row * COLUMNS + column] - neighbourhood(means, row, column)
        deviation += Math.abs(contrast)
        const bit = row * COLUMNS + column
        if (contrast > 0) template[2 + (bit >> 3)] |= 1 << (bit & 7)
      }
      if (deviation / BLOCK_CELLS ** 2 < RIDGE_DEVIATION) continue
      ridgeBlocks++
      template[MASK_OFFSET + (block >> 3)] |= 1 << (block & 7)
    }
    return ridgeBlocks / blocks < MIN_RIDGE_SHARE ? undefined : template
  },

  compare(a, b) {
    const first = gridOf(a)
    const second = gridOf(b)
    if (first === undefined || second === undefined) return 0
    let best = 0
    for (let dy = -MAX_SHIFT_CELLS; dy <= MAX_SHIFT_CELLS; dy++) {
      for (let dx = -MAX_SHIFT_CELLS; dx <= MAX_SHIFT_CELLS; dx++) {
        best = Math.max(best, correlation(first.cells, second.cells, dx, dy))
      }
    }
    return Math.round(100 * best)
  },

  threshold: (securityLevel) => THRESHOLDS[Math.min(5, Math.max(1, securityLevel)) - 1],
}

/** Mean level of each cell; cells outside the image are the image's corner value 0 contrast (they copy their edge). */
function cellMeans(levels: Uint8Array, width: number, height: number): Float32Array {
  const means = new Float32Array(COLUMNS * ROWS)
  const top = Math.floor((height - ROWS * CELL_PX) / 2)
  const left = Math.floor((width - COLUMNS * CELL_PX) / 2)
  for (let cell = 0; cell < means.length; cell++) {
    let sum = 0
    for (let i = 0; i < CELL_PX ** 2; i++) {
      const y = top + Math.floor(cell / COLUMNS) * CELL_PX + (i >> 2)
      const x = left + (cell % COLUMNS) * CELL_PX + (i & 3)
      sum += levels[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]
    }
    means[cell] = sum / CELL_PX ** 2
  }
  return means
}

/** Mean of the 5×5 cells around one. */
function neighbourhood(means: Float32Array, row: number, column: number): number {
  let sum = 0
  let count = 0
  for (let y = Math.max(0, row - 2); y <= Math.min(ROWS - 1, row + 2); y++) {
    for (let x = Math.max(0, column - 2); x <= Math.min(COLUMNS - 1, column + 2); x++) {
      sum += means[y * COLUMNS + x]
      count++
    }
  }
  return sum / count
}

function gridOf(template: Uint8Array): Grid | undefined {
  if (template.length !== TEMPLATE_BYTES || template[0] !== COLUMNS || template[1] !== ROWS) return undefined
  const cells = new Int8Array(COLUMNS * ROWS)
  for (let cell = 0; cell < cells.length; cell++) {
    const row = Math.floor(cell / COLUMNS)
    const block = (row >> 2) * (COLUMNS / BLOCK_CELLS) + ((cell % COLUMNS) >> 2)
    if (((template[MASK_OFFSET + (block >> 3)] >> (block & 7)) & 1) === 0) continue
    cells[cell] = (template[2 + (cell >> 3)] >> (cell & 7)) & 1 ? 1 : -1
  }
  return { cells }
}

function correlation(a: Int8Array, b: Int8Array, dx: number, dy: number): number {
  let sum = 0
  let overlap = 0
  const fromColumn = Math.max(0, -dx)
  const toColumn = Math.min(COLUMNS, COLUMNS - dx)
  for (let row = Math.max(0, -dy); row < Math.min(ROWS, ROWS - dy); row++) {
    const shifted = (row + dy) * COLUMNS + dx
    for (let column = fromColumn; column < toColumn; column++) {
      const product = a[row * COLUMNS + column] * b[shifted + column]
      sum += product
      overlap += product & 1
    }
  }
  return overlap < MIN_OVERLAP_SHARE * COLUMNS * ROWS ? 0 : sum / overlap
}
