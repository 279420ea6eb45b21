/** The x with the least |A x - b|², by normal equations and Gaussian elimination with pivoting: for a handful of
 *  unknowns. Undefined where the equations do not determine it. @param rows A, one equation a row, at least as many as
 *  unknowns */
export function leastSquares(rows: readonly (readonly number[])[], b: readonly number[]): number[] | undefined {
  const unknowns = rows[0].length
  const m = Array.from({ length: unknowns }, () => new Float64Array(unknowns + 1))
  rows.forEach((row, r) => {
    for (let i = 0; i < unknowns; i++) {
      for (let j = 0; j < unknowns; j++) m[i][j] += row[i] * row[j]
      m[i][unknowns] += row[i] * b[r]
    }
  })
  for (let c = 0; c < unknowns; c++) {
    let pivot = c
    for (let r = c + 1; r < unknowns; r++) if (Math.abs(m[r][c]) > Math.abs(m[pivot][c])) pivot = r
    if (Math.abs(m[pivot][c]) < 1e-12) return undefined
    ;[m[c], m[pivot]] = [m[pivot], m[c]]
    for (let r = 0; r < unknowns; r++) {
      if (r === c) continue
      const factor = m[r][c] / m[c][c]
      for (let k = c; k <= unknowns; k++) m[r][k] -= factor * m[c][k]
    }
  }
  return m.map((row, i) => row[unknowns] / row[i])
}
