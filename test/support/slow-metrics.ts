/** Slow, obvious versions of the metrics, straight from their definitions, for checking the fast ones. */

/** Mann-Whitney by comparing every pair; NaN is below every number and equal to NaN. */
export function slowAuc(genuine: readonly number[], impostor: readonly number[]): number {
  let wins = 0
  for (const g of genuine) {
    for (const i of impostor) {
      if (Number.isNaN(g) && Number.isNaN(i)) wins += 0.5
      else if (Number.isNaN(i)) wins += 1
      else if (!Number.isNaN(g)) wins += g > i ? 1 : g === i ? 0.5 : 0
    }
  }
  return wins / (genuine.length * impostor.length)
}

/** FVC's interval definition by trying every threshold, each rate counted again. */
export function slowFvcEer(genuine: readonly number[], impostor: readonly number[]): number {
  const thresholds = [Infinity, ...genuine, ...impostor].filter((s) => !Number.isNaN(s)).sort((a, b) => a - b)
  const rates = thresholds.map((t) => ({
    t,
    fmr: impostor.filter((s) => s >= t).length / impostor.length,
    fnmr: genuine.filter((s) => !(s >= t)).length / genuine.length,
  }))
  const low = rates.filter((r) => r.fnmr <= r.fmr).at(-1) ?? { fmr: 1, fnmr: 0 }
  const high = rates.find((r) => r.fnmr >= r.fmr) ?? rates[rates.length - 1]
  return low.fmr + low.fnmr <= high.fmr + high.fnmr ? (low.fmr + low.fnmr) / 2 : (high.fmr + high.fnmr) / 2
}

/** The crossing of the interpolated curve with the diagonal, by bisection along the polyline's length parameter. */
export function slowEer(points: readonly { readonly fmr: number; readonly fnmr: number }[]): number {
  const line = [...points, { fmr: 1, fnmr: 0 }]
  const at = (u: number) => {
    const k = Math.min(line.length - 2, Math.floor(u))
    const part = u - k
    return {
      fmr: line[k].fmr + (line[k + 1].fmr - line[k].fmr) * part,
      fnmr: line[k].fnmr + (line[k + 1].fnmr - line[k].fnmr) * part,
    }
  }
  let low = 0
  let high = line.length - 1
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2
    const { fmr, fnmr } = at(middle)
    if (fmr < fnmr) low = middle
    else high = middle
  }
  return (at(high).fmr + at(high).fnmr) / 2
}
