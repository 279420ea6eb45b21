import type { BoardMatcher } from "./board-matcher.js"

/** Ridge pattern of the middle of the image on a grid of 3-pixel cells: 1 where a cell is lighter than its
 *  neighbourhood, with a mask of 4×4-cell blocks that hold ridges. Two templates are compared by the best agreement
 *  over turns of up to 24 degrees and shifts of up to 60 pixels: first on a fixed eighth of the cells, then, for the
 *  best of these, window by window, where each window may shift a little more, as skin does that is dragged. Simple
 *  and sound, no more: it exists so that the twin answers Match and Search by the image, not by a script. */
const CELL_PX = 3
const COLUMNS = 64
const ROWS = 60
const CELLS = COLUMNS * ROWS
const BLOCK_CELLS = 4
const BLOCKS_ACROSS = COLUMNS / BLOCK_CELLS
const BLOCKS = CELLS / BLOCK_CELLS ** 2
const MASK_OFFSET = 2 + CELLS / 8
const TEMPLATE_BYTES = 512
const NEIGHBOURHOOD_CELLS = 3
/** Share of the blocks that must hold ridges to make a template. */
const MIN_RIDGE_SHARE = 0.2
/** Mean absolute contrast of cells, in levels, above which a block holds ridges. */
const RIDGE_CONTRAST = 0.5
const TURN_STEP_RAD = (4 * Math.PI) / 180
const TURN_STEPS = 6
const MAX_SHIFT_CELLS = 20
const MIN_OVERLAP_CELLS = 600
const COARSE_SHARE = 8
const KEPT = 12
/** Side of a window, and how far it may shift by itself. */
const WINDOW_CELLS = 16
const WINDOW_SHIFT_CELLS = 2
/** Share of a window's cells that must lie on ridges of both. */
const MIN_WINDOW_SHARE = 0.4
/** What the best of a window's shifts agrees by chance, in standard deviations. */
const CHANCE = 4
/** 10 × agreement in standard deviations above chance. Chosen in worlds 5, 7 and 11 (simulated; 8 fingers, 4 touches
 *  each, all 48 pairs of one finger and 112 of different ones a world): touches of one finger combine in 42, 46 and
 *  37 pairs, of different ones in 0, 0 and 1; level 3 accepts 41, 46 and 35, and 0. In world 13, which chose
 *  nothing: 40 and 3 combine; level 3 accepts 39 and 0. */
const THRESHOLDS = [75, 82, 90, 105, 125]
const COMBINING = 75

export const correlationMatcher: BoardMatcher = {
  extract(levels, width, height) {
    const contrast = cellContrast(levels, width, height)
    const template = new Uint8Array(TEMPLATE_BYTES)
    template.set([COLUMNS, ROWS])
    let ridgeBlocks = 0
    for (let block = 0; block < BLOCKS; block++) {
      let total = 0
      for (const cell of cellsOf(block)) {
        total += Math.abs(contrast[cell])
        if (contrast[cell] > 0) template[2 + (cell >> 3)] |= 1 << (cell & 7)
      }
      if (total / BLOCK_CELLS ** 2 < RIDGE_CONTRAST) continue
      ridgeBlocks++
      template[MASK_OFFSET + (block >> 3)] |= 1 << (block & 7)
    }
    return ridgeBlocks / BLOCKS < MIN_RIDGE_SHARE ? undefined : template
  },

  compare(a, b) {
    const first = gridOf(a)
    const second = gridOf(b)
    return first === undefined || second === undefined ? 0 : Math.round(10 * bestAgreement(first, second))
  },

  threshold: (securityLevel) => THRESHOLDS[Math.min(5, Math.max(1, securityLevel)) - 1],
  combiningThreshold: COMBINING,
}

function cellsOf(block: number): number[] {
  const top = Math.floor(block / BLOCKS_ACROSS) * BLOCK_CELLS
  const left = (block % BLOCKS_ACROSS) * BLOCK_CELLS
  return Array.from({ length: BLOCK_CELLS ** 2 }, (_, i) => (top + (i >> 2)) * COLUMNS + left + (i & 3))
}

/** Mean level of each cell minus that of the 7 × 7 cells around it. A smaller image repeats its edge. */
function cellContrast(levels: Uint8Array, width: number, height: number): Float32Array {
  const means = new Float32Array(CELLS)
  const top = Math.floor((height - ROWS * CELL_PX) / 2)
  const left = Math.floor((width - COLUMNS * CELL_PX) / 2)
  for (let cell = 0; cell < CELLS; cell++) {
    let sum = 0
    for (let i = 0; i < CELL_PX ** 2; i++) {
      const y = top + Math.floor(cell / COLUMNS) * CELL_PX + Math.floor(i / CELL_PX)
      const x = left + (cell % COLUMNS) * CELL_PX + (i % CELL_PX)
      sum += levels[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]
    }
    means[cell] = sum / CELL_PX ** 2
  }
  return means.map((mean, cell) => mean - around(means, Math.floor(cell / COLUMNS), cell % COLUMNS))
}

function around(means: Float32Array, row: number, column: number): number {
  let sum = 0
  let count = 0
  const reach = NEIGHBOURHOOD_CELLS
  for (let y = Math.max(0, row - reach); y <= Math.min(ROWS - 1, row + reach); y++) {
    for (let x = Math.max(0, column - reach); x <= Math.min(COLUMNS - 1, column + reach); x++) {
      sum += means[y * COLUMNS + x]
      count++
    }
  }
  return sum / count
}

/** +1 lighter, -1 darker, 0 outside the mask; undefined for bytes that are no template. What follows one is left
 *  alone. */
function gridOf(template: Uint8Array): Int8Array | undefined {
  if (template.length < TEMPLATE_BYTES || template[0] !== COLUMNS || template[1] !== ROWS) return undefined
  const grid = new Int8Array(CELLS)
  for (let block = 0; block < BLOCKS; block++) {
    if (((template[MASK_OFFSET + (block >> 3)] >> (block & 7)) & 1) === 0) continue
    for (const cell of cellsOf(block)) grid[cell] = (template[2 + (cell >> 3)] >> (cell & 7)) & 1 ? 1 : -1
  }
  return grid
}

interface Placed {
  readonly agreement: number
  readonly turnRad: number
  readonly dx: number
  readonly dy: number
}

function bestAgreement(a: Int8Array, b: Int8Array): number {
  const cells = Array.from(a.keys()).filter((cell) => a[cell] !== 0)
  const coarse = cells.filter((cell) => Math.imul(cell, 0x9e3779b1) >>> 0 < 2 ** 32 / COARSE_SHARE)
  const kept: Placed[] = []
  for (let step = -TURN_STEPS; step <= TURN_STEPS; step++) {
    const turnRad = step * TURN_STEP_RAD
    const turned = turnedCells(a, coarse, turnRad)
    for (let dy = -MAX_SHIFT_CELLS; dy <= MAX_SHIFT_CELLS; dy++) {
      for (let dx = -MAX_SHIFT_CELLS; dx <= MAX_SHIFT_CELLS; dx++) {
        const agreement = agreementAt(turned, b, dx, dy, MIN_OVERLAP_CELLS / COARSE_SHARE)
        if (kept.length === KEPT && agreement <= kept[KEPT - 1].agreement) continue
        kept.push({ agreement, turnRad, dx, dy })
        kept.sort((p, q) => q.agreement - p.agreement)
        kept.length = Math.min(kept.length, KEPT)
      }
    }
  }
  let best = 0
  for (const { turnRad, dx, dy } of kept) {
    for (const nudge of [-0.5, 0, 0.5]) {
      const turned = turnedCells(a, cells, turnRad + nudge * TURN_STEP_RAD)
      best = Math.max(best, windowedAgreement(turned, b, dx, dy))
    }
  }
  return best
}

interface TurnedCells {
  readonly x: Int16Array
  readonly y: Int16Array
  readonly value: Int8Array
}

/** Cells of `grid` turned about its middle, nearest neighbours. */
function turnedCells(grid: Int8Array, cells: readonly number[], turnRad: number): TurnedCells {
  const [cos, sin] = [Math.cos(turnRad), Math.sin(turnRad)]
  const turned = {
    x: new Int16Array(cells.length),
    y: new Int16Array(cells.length),
    value: new Int8Array(cells.length),
  }
  for (const [i, cell] of cells.entries()) {
    const x = (cell % COLUMNS) - COLUMNS / 2
    const y = Math.floor(cell / COLUMNS) - ROWS / 2
    turned.x[i] = Math.round(cos * x - sin * y + COLUMNS / 2)
    turned.y[i] = Math.round(sin * x + cos * y + ROWS / 2)
    turned.value[i] = grid[cell]
  }
  return turned
}

/** Agreement minus disagreement over the square root of the cells compared. */
function agreementAt({ x, y, value }: TurnedCells, b: Int8Array, dx: number, dy: number, minOverlap: number): number {
  let sum = 0
  let overlap = 0
  for (let i = 0; i < value.length; i++) {
    const column = x[i] + dx
    const row = y[i] + dy
    if (column < 0 || row < 0 || column >= COLUMNS || row >= ROWS) continue
    const product = value[i] * b[row * COLUMNS + column]
    sum += product
    overlap += product & 1
  }
  return overlap < minOverlap ? 0 : sum / Math.sqrt(overlap)
}

/** The same, where each window of `b` takes its best shift beside `dx` and `dy`, less what that gains by chance. */
function windowedAgreement({ x, y, value }: TurnedCells, b: Int8Array, dx: number, dy: number): number {
  const reach = WINDOW_SHIFT_CELLS
  const windowsAcross = Math.ceil(COLUMNS / WINDOW_CELLS)
  const windows = windowsAcross * Math.ceil(ROWS / WINDOW_CELLS)
  const shifts = (2 * reach + 1) ** 2
  const sums = new Int32Array(windows * shifts)
  const overlaps = new Int32Array(windows * shifts)
  for (let i = 0; i < value.length; i++) {
    const column = x[i] + dx
    const row = y[i] + dy
    if (column < 0 || row < 0 || column >= COLUMNS || row >= ROWS) continue
    let at = (Math.floor(row / WINDOW_CELLS) * windowsAcross + Math.floor(column / WINDOW_CELLS)) * shifts
    for (let down = -reach; down <= reach; down++) {
      for (let right = -reach; right <= reach; right++, at++) {
        const c = column + right
        const r = row + down
        if (c < 0 || r < 0 || c >= COLUMNS || r >= ROWS) continue
        const product = value[i] * b[r * COLUMNS + c]
        sums[at] += product
        overlaps[at] += product & 1
      }
    }
  }
  let total = 0
  let overlap = 0
  for (let window = 0; window < windows; window++) {
    let best = Number.NEGATIVE_INFINITY
    let cells = 0
    for (let at = window * shifts; at < (window + 1) * shifts; at++) {
      if (overlaps[at] < MIN_WINDOW_SHARE * WINDOW_CELLS ** 2 || sums[at] <= best) continue
      best = sums[at]
      cells = overlaps[at]
    }
    if (cells === 0) continue
    total += best - CHANCE * Math.sqrt(cells)
    overlap += cells
  }
  return overlap < MIN_OVERLAP_CELLS ? 0 : Math.max(0, total / Math.sqrt(overlap))
}
