import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

/** Sets of real prints beside the project, for development and for figures. Only benches know their names. */
export interface FingerSet {
  readonly name: string
  readonly folder: string
  /** Every image with its finger (unique within the set), in a fixed order. */
  readonly images: readonly { readonly file: string; readonly finger: string }[]
}

const data = "../shared/data"

const sources: readonly { readonly name: string; readonly finger: RegExp }[] = [
  ...["fvc2000", "fvc2002"].flatMap((year) =>
    [1, 2, 3, 4].map((n) => ({ name: `${year}/DB${n}_B`, finger: /^(\d+)_\d+\.tif$/ })),
  ),
  { name: "uareu4000/unit-a", finger: /^(\d+_[A-Z]\d)_\d+\.bmp$/ },
  { name: "uareu4000/unit-b", finger: /^(\d+_\d+)_\d+\.tif$/ },
  { name: "fvc2006/DB1_A", finger: /^(\d+)_\d+\.bmp$/ },
  { name: "biometrika/live", finger: /^(\d+)_\d+\.png$/ },
]

/** Those that are on this machine. */
export function fingerSets(): FingerSet[] {
  return sources.flatMap(({ name, finger }) => {
    const folder = join(data, name)
    if (!existsSync(folder)) return []
    const images = readdirSync(folder)
      .sort()
      .flatMap((file) => {
        const found = finger.exec(file)?.[1]
        return found === undefined ? [] : [{ file, finger: found }]
      })
    return [{ name, folder, images }]
  })
}

export type Part = "choosing" | "reporting"

/** Settings are chosen on every second finger of a set and reported on the others; of FVC 2000 and 2002 on the first
 *  five, as ever. */
export function partOf(set: FingerSet, finger: string): Part {
  const fingers = [...new Set(set.images.map((image) => image.finger))]
  const place = fingers.indexOf(finger)
  const chooses = /^fvc200[02]/.test(set.name) ? place < fingers.length / 2 : place % 2 === 0
  return chooses ? "choosing" : "reporting"
}
