// Element by element, four floats at a time; the last few one by one.
import { activate } from "./tile"

@inline
function activateOne(x: f32, activation: i32): f32 {
  return f32x4.extract_lane(activate(f32x4.splat(x), activation), 0)
}

/** out = activation(x + row of `columns` floats repeated `rows` times); out may be x. */
export function addRow(x: usize, row: usize, out: usize, rows: usize, columns: usize, activation: i32): void {
  const bytes = columns << 2
  for (let r: usize = 0; r < rows; r++) {
    let c: usize = 0
    for (; c + 16 <= bytes; c += 16) {
      v128.store(out + c, activate(f32x4.add(v128.load(x + c), v128.load(row + c)), activation))
    }
    for (; c < bytes; c += 4) {
      store<f32>(out + c, activateOne(load<f32>(x + c) + load<f32>(row + c), activation))
    }
    x += bytes
    out += bytes
  }
}

/** out = activation(x), n floats. */
export function applyActivation(x: usize, out: usize, n: usize, activation: i32): void {
  addRowOfNothing(x, out, n << 2, activation)
}

@inline
function addRowOfNothing(x: usize, out: usize, bytes: usize, activation: i32): void {
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) v128.store(out + i, activate(v128.load(x + i), activation))
  for (; i < bytes; i += 4) store<f32>(out + i, activateOne(load<f32>(x + i), activation))
}

/** out = dy where 0 < y (and y < 6 with RELU6), else 0; y is the activation's input or output, n floats. */
export function activationGradient(y: usize, dy: usize, out: usize, n: usize, activation: i32): void {
  const bytes = n << 2
  const zero = f32x4.splat(0), ceiling = f32x4.splat(activation == 2 ? 6 : Infinity)
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) {
    const value = v128.load(y + i)
    const open = v128.and(f32x4.gt(value, zero), f32x4.lt(value, ceiling))
    v128.store(out + i, v128.and(open, v128.load(dy + i)))
  }
  for (; i < bytes; i += 4) {
    const value = load<f32>(y + i)
    store<f32>(out + i, value > 0 && (activation != 2 || value < 6) ? load<f32>(dy + i) : 0)
  }
}

/** out = dy where the activation of output y is not flat, else 0, and sums[c] = sum of out over the rows: what a bias
 *  gets, in the same pass. (rows, columns) floats. */
export function activationGradientSums(
  y: usize, dy: usize, out: usize, rows: usize, columns: usize, activation: i32, sums: usize,
): void {
  const row = columns << 2
  const zero = f32x4.splat(0), ceiling = f32x4.splat(activation == 2 ? 6 : Infinity)
  memory.fill(sums, 0, row)
  // 64 rows at a time stay in the first-level cache; their partial sums also keep the rounding error down.
  for (let r: usize = 0; r < rows; r += 64) {
    const count = min<usize>(64, rows - r)
    let c: usize = 0
    for (; c + 16 <= row; c += 16) {
      let at = r * row + c
      let sum = zero
      for (let i = count; i > 0; i--) {
        const value = v128.load(y + at)
        const open = v128.and(f32x4.gt(value, zero), f32x4.lt(value, ceiling))
        const gradient = v128.and(open, v128.load(dy + at))
        v128.store(out + at, gradient)
        sum = f32x4.add(sum, gradient)
        at += row
      }
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum))
    }
    for (; c < row; c += 4) {
      let sum: f32 = 0
      for (let i: usize = 0; i < count; i++) {
        const at = (r + i) * row + c
        const value = load<f32>(y + at)
        const gradient: f32 = value > 0 && (activation != 2 || value < 6) ? load<f32>(dy + at) : 0
        store<f32>(out + at, gradient)
        sum += gradient
      }
      store<f32>(sums + c, load<f32>(sums + c) + sum)
    }
  }
}

export const ADD: i32 = 0
export const SUBTRACT: i32 = 1
export const MULTIPLY: i32 = 2
export const DIVIDE: i32 = 3

@inline
function combine(a: v128, b: v128, operation: i32): v128 {
  if (operation == ADD) return f32x4.add(a, b)
  if (operation == SUBTRACT) return f32x4.sub(a, b)
  if (operation == MULTIPLY) return f32x4.mul(a, b)
  return f32x4.div(a, b)
}

@inline
function combineAll(a: usize, b: usize, out: usize, bytes: usize, aMoves: bool, bMoves: bool, operation: i32): void {
  const a0 = v128.load_splat<f32>(a), b0 = v128.load_splat<f32>(b)
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) {
    v128.store(out + i, combine(aMoves ? v128.load(a + i) : a0, bMoves ? v128.load(b + i) : b0, operation))
  }
  for (; i < bytes; i += 4) {
    const left = aMoves ? v128.load_splat<f32>(a + i) : a0
    const right = bMoves ? v128.load_splat<f32>(b + i) : b0
    store<f32>(out + i, f32x4.extract_lane(combine(left, right, operation), 0))
  }
}

/** out[i] = a[i] op b[i] for n floats; an operand that does not move is one float for all. */
export function binary(a: usize, b: usize, out: usize, n: usize, aMoves: bool, bMoves: bool, operation: i32): void {
  const bytes = n << 2
  if (operation == ADD) combineMoves(a, b, out, bytes, aMoves, bMoves, ADD)
  else if (operation == SUBTRACT) combineMoves(a, b, out, bytes, aMoves, bMoves, SUBTRACT)
  else if (operation == MULTIPLY) combineMoves(a, b, out, bytes, aMoves, bMoves, MULTIPLY)
  else combineMoves(a, b, out, bytes, aMoves, bMoves, DIVIDE)
}

@inline
function combineMoves(a: usize, b: usize, out: usize, bytes: usize, aMoves: bool, bMoves: bool, op: i32): void {
  if (aMoves && bMoves) combineAll(a, b, out, bytes, true, true, op)
  else if (aMoves) combineAll(a, b, out, bytes, true, false, op)
  else combineAll(a, b, out, bytes, false, bMoves, op)
}

/** out = x op row, the row of `columns` floats repeated; with `rowFirst` out = row op x. */
export function binaryRow(
  x: usize, row: usize, out: usize, rows: usize, columns: usize, rowFirst: bool, operation: i32,
): void {
  const bytes = columns << 2
  for (let r: usize = 0; r < rows; r++) {
    if (rowFirst) binary(row, x, out, columns, true, true, operation)
    else binary(x, row, out, columns, true, true, operation)
    x += bytes
    out += bytes
  }
}

/** out = dy where low <= x <= high, else 0; n floats. */
export function clipGradient(x: usize, dy: usize, out: usize, n: usize, low: f32, high: f32): void {
  const bytes = n << 2
  const floor = f32x4.splat(low), ceiling = f32x4.splat(high)
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) {
    const value = v128.load(x + i)
    const inside = v128.and(f32x4.ge(value, floor), f32x4.le(value, ceiling))
    v128.store(out + i, v128.and(inside, v128.load(dy + i)))
  }
  for (; i < bytes; i += 4) {
    const value = load<f32>(x + i)
    store<f32>(out + i, value >= low && value <= high ? load<f32>(dy + i) : 0)
  }
}
