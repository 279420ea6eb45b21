const NEIGHBOURS = 3

/** Mean distance from `row` to its nearest rows. */
function nearness(row: Float64Array, rows: readonly Float64Array[]): number {
  const nearest: number[] = []
  for (const other of rows) {
    let squares = 0
    for (let j = 0; j < row.length; j++) squares += (row[j] - other[j]) ** 2
    if (nearest.length === NEIGHBOURS && squares >= nearest[NEIGHBOURS - 1]) continue
    nearest.push(squares)
    nearest.sort((a, b) => a - b)
    nearest.length = Math.min(nearest.length, NEIGHBOURS)
  }
  return nearest.reduce((sum, squares) => sum + Math.sqrt(squares), 0) / nearest.length
}

/** A classifier with nothing to tune: how much nearer a row is to its three nearest training rows of the target than
 *  to those of the others, each column in units of its deviation in training. Scores in [0, 1], 0.5 where both are
 *  equally near. It finds any simple rule, linear or not, which is all that a shortcut is.
 *  @throws RangeError when a class has no training row */
export function neighbourProbe(
  training: readonly Float64Array[],
  labels: readonly (0 | 1)[],
): (row: Float64Array) => number {
  const width = training[0]?.length ?? 0
  const deviations = Array.from({ length: width }, (_, j) => {
    const mean = training.reduce((sum, row) => sum + row[j], 0) / training.length
    return Math.sqrt(training.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / training.length)
  })
  // a column that is the same everywhere in training separates nothing
  const scaled = (row: Float64Array): Float64Array =>
    row.map((value, j) => (deviations[j] > 0 ? value / deviations[j] : 0))
  const rows = training.map(scaled)
  const target = rows.filter((_, i) => labels[i] === 1)
  const others = rows.filter((_, i) => labels[i] === 0)
  if (target.length === 0 || others.length === 0) throw new RangeError("a class has no training row")
  return (row) => {
    const probe = scaled(row)
    const [near, far] = [nearness(probe, target), nearness(probe, others)]
    return near + far > 0 ? far / (near + far) : 0.5
  }
}
