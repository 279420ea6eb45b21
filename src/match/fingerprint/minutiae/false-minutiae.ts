import type { Minutia } from "./minutia.js"
import { minutiaRules } from "./parameters.js"
import { cellOf, type RidgeContext } from "./ridge-endings.js"

/** Drops what the skeleton alone could not tell to be false: two endings that face each other across a scar or a dry
 *  gap, doubles of one place, and places that cannot be trusted. At most `maxCount` are left, the best ones. */
export function withoutFalseMinutiae(found: readonly Minutia[], context: RidgeContext): Minutia[] {
  const dropped = new Set<Minutia>()
  const trusted = found.filter((minutia) => minutia.quality >= minutiaRules.minQuality)
  for (const [i, a] of trusted.entries()) {
    const period = context.periodPx.values[cellOf(context, a.x, a.y)]
    for (let j = i + 1; j < trusted.length; j++) {
      const b = trusted[j]
      const distance = Math.hypot(a.x - b.x, a.y - b.y)
      if (distance <= minutiaRules.breakPeriods * period && faceEachOther(a, b, distance)) dropped.add(a).add(b)
      else if (distance <= minutiaRules.mergePx) {
        // an ending and a bifurcation this close are two readings of one place
        dropped.add(a.quality >= b.quality ? b : a)
      }
    }
  }
  return trusted
    .filter((minutia) => !dropped.has(minutia))
    .sort((a, b) => b.quality - a.quality || a.y - b.y || a.x - b.x)
    .slice(0, minutiaRules.maxCount)
}

function faceEachOther(a: Minutia, b: Minutia, distance: number): boolean {
  if (a.kind !== "ending" || b.kind !== "ending") return false
  const turn = Math.abs(Math.atan2(Math.sin(a.angleRad - b.angleRad), Math.cos(a.angleRad - b.angleRad)))
  if (turn < Math.PI - minutiaRules.breakAngleRad) return false
  // each ridge lies behind its own ending: the gap is on the other side
  const along = (b.x - a.x) * Math.cos(a.angleRad) + (b.y - a.y) * Math.sin(a.angleRad)
  return along <= 0.2 * distance
}
