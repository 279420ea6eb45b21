// Matrix products in blocks that stay in the caches (Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", 2008): the right matrix is packed a block at a time into panels of 8 columns.
import { copyBlock, tileDot, tileOuter } from "./tile"

const BLOCK_K: usize = 256
const BLOCK_N: usize = 512

/** Bytes of scratch that `matmul` needs: one packed block, a tile's edge and four packed columns of the left matrix. */
export function matmulScratchBytes(): usize {
  return (BLOCK_N / 8) * (BLOCK_K + 1) * 32 + 128 + BLOCK_K * 16
}

/** 4 x 4 floats at `from` (rows `row` bytes apart) to columns at `to`, 32 bytes apart. */
@inline
function transpose4(from: usize, row: usize, to: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + row)
  const r2 = v128.load(from + 2 * row), r3 = v128.load(from + 3 * row)
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32)
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64)
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96)
}

/** Rows k0..k0+depth, columns n0..n0+width of the right matrix, (K, N) or with `turned` (N, K), as panels. */
function packBlock(
  b: usize, k: usize, n: usize, turned: bool, k0: usize, depth: usize, n0: usize, width: usize,
  bias: usize, out: usize,
): void {
  for (let c: usize = 0; c < width; c += 8) {
    const columns = min<usize>(8, width - c)
    for (let j: usize = 0; j < 8; j++) {
      store<f32>(out + (j << 2), bias != 0 && j < columns ? load<f32>(bias + ((n0 + c + j) << 2)) : 0)
    }
    out += 32
    if (!turned) {
      for (let i: usize = 0; i < depth; i++) {
        const from = b + (((k0 + i) * n + n0 + c) << 2)
        if (columns == 8) {
          v128.store(out, v128.load(from))
          v128.store(out, v128.load(from, 16), 16)
        } else {
          for (let j: usize = 0; j < 8; j++) store<f32>(out + (j << 2), j < columns ? load<f32>(from + (j << 2)) : 0)
        }
        out += 32
      }
    } else {
      const from = b + (((n0 + c) * k + k0) << 2)
      const row = k << 2
      let i: usize = 0
      if (columns == 8) {
        for (; i + 4 <= depth; i += 4) {
          transpose4(from + (i << 2), row, out + (i << 5))
          transpose4(from + (i << 2) + 4 * row, row, out + (i << 5) + 16)
        }
      }
      for (; i < depth; i++) {
        for (let j: usize = 0; j < 8; j++) {
          store<f32>(out + (i << 5) + (j << 2), j < columns ? load<f32>(from + j * row + (i << 2)) : 0)
        }
      }
      out += depth << 5
    }
  }
}

/** out (M, N) = activation(A B + bias). A is (M, K) or with turnedA (K, M); B is (K, N) or with turnedB (N, K); bias is
 *  the address of N floats or 0. `scratch` has matmulScratchBytes. */
export function matmul(
  a: usize, b: usize, out: usize, m: usize, n: usize, k: usize, turnedA: bool, turnedB: bool,
  bias: usize, activation: i32, scratch: usize,
): void {
  const edge = scratch + (BLOCK_N / 8) * (BLOCK_K + 1) * 32
  const columnsOfA = edge + 128
  const outRow = n << 2
  const aRow = (turnedA ? m : k) << 2
  for (let n0: usize = 0; n0 < n; n0 += BLOCK_N) {
    const width = min(BLOCK_N, n - n0)
    for (let k0: usize = 0; k0 < k; k0 += BLOCK_K) {
      const depth = min(BLOCK_K, k - k0)
      const panelBytes = (depth + 1) << 5
      const first = k0 == 0
      const finish = k0 + depth == k ? activation : 0
      packBlock(b, k, n, turnedB, k0, depth, n0, width, first ? bias : 0, scratch)
      for (let r: usize = 0; r < m; r += 4) {
        const rows = min<usize>(4, m - r)
        if (turnedA) {
          // Rows of A lie a power of two apart as a rule, where they push each other out of the cache: copy the four
          // columns once for all tiles beside each other.
          const from = a + k0 * aRow + (r << 2)
          for (let i: usize = 0; i < depth; i++) v128.store(columnsOfA + (i << 4), v128.load(from + i * aRow))
        }
        for (let c: usize = 0; c < width; c += 8) {
          const panel = scratch + (c >> 3) * panelBytes
          const columns = min<usize>(8, width - c)
          const target = out + r * outRow + ((n0 + c) << 2)
          // A tile that hangs over an edge is computed beside the matrix and its inside copied.
          const hangs = columns < 8 || (turnedA && rows < 4)
          const tileRow: usize = hangs ? 32 : outRow
          const tile = hangs ? edge : target
          if (hangs && !first) copyBlock(target, outRow, edge, 32, rows, columns)
          const o1 = rows > 1 || turnedA ? tile + tileRow : tile
          const o2 = rows > 2 || turnedA ? tile + 2 * tileRow : o1
          const o3 = rows > 3 || turnedA ? tile + 3 * tileRow : o2
          if (turnedA) {
            if (first) copyBlock(panel, 0, tile, tileRow, 4, 8)
            tileOuter(columnsOfA, 16, 0, panel + 32, 32, 1, <i32>depth, tile, o1, o2, o3, true)
          } else {
            const a0 = a + r * aRow + (k0 << 2)
            const a1 = rows > 1 ? a0 + aRow : a0
            const a2 = rows > 2 ? a1 + aRow : a1
            const a3 = rows > 3 ? a2 + aRow : a2
            tileDot(a0, a1, a2, a3, 1, <i32>depth, 0, panel, tile, o1, o2, o3, !first, finish)
          }
          if (hangs) copyBlock(edge, 32, target, outRow, rows, columns)
        }
      }
    }
    if (turnedA && activation != 0) activateBlock(out, outRow, m, n0, width, activation)
  }
}

function activateBlock(out: usize, outRow: usize, rows: usize, n0: usize, width: usize, activation: i32): void {
  for (let r: usize = 0; r < rows; r++) {
    const row = out + r * outRow + (n0 << 2)
    for (let c: usize = 0; c < width; c++) {
      let value = load<f32>(row + (c << 2))
      if (value < 0) value = 0
      if (activation == 2 && value > 6) value = 6
      store<f32>(row + (c << 2), value)
    }
  }
}
