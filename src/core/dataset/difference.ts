import { manifestColumns, optionalColumns, type Sample } from "./sample.js"

/** What changes where one state of a dataset takes the place of another; an image is known by its path. */
export interface DatasetDifference {
  readonly added: readonly Sample[]
  readonly removed: readonly Sample[]
  readonly changed: readonly {
    readonly path: string
    readonly columns: readonly { readonly column: string; readonly from: string; readonly to: string }[]
  }[]
}

/** From `before` to `after`; the order of rows is no difference. */
export function datasetDifference(before: readonly Sample[], after: readonly Sample[]): DatasetDifference {
  const old = new Map(before.map((sample) => [sample.path, sample]))
  const paths = new Set(after.map(({ path }) => path))
  return {
    added: after.filter(({ path }) => !old.has(path)),
    removed: before.filter(({ path }) => !paths.has(path)),
    changed: after.flatMap((sample) => {
      const was = old.get(sample.path)
      if (was === undefined) return []
      const columns = [...manifestColumns, ...optionalColumns]
        .filter((column) => was[column] !== sample[column])
        .map((column) => ({ column, from: String(was[column] ?? ""), to: String(sample[column] ?? "") }))
      return columns.length === 0 ? [] : [{ path: sample.path, columns }]
    }),
  }
}

/** Rows of images that are gone or that have other labels: what people could miss. */
export const lossOf = ({ removed, changed }: DatasetDifference): number => removed.length + changed.length

/** A line each for the first `limit` images of every kind, and how many more there are. */
export function differenceLines({ added, removed, changed }: DatasetDifference, limit = 10): string[] {
  const some = (lines: readonly string[], kind: string): string[] =>
    lines.length <= limit ? [...lines] : [...lines.slice(0, limit), `  and ${lines.length - limit} more ${kind}`]
  return [
    ...some(
      removed.map(({ path, scanner, subject, finger }) => `- ${path} (${[scanner, subject, finger].join(" ").trim()})`),
      "that are gone",
    ),
    ...some(
      changed.map(({ path, columns }) => {
        const parts = columns.map(({ column, from, to }) => `${column} ${shown(column, from)} -> ${shown(column, to)}`)
        return `~ ${path}: ${parts.join(", ")}`
      }),
      "with other labels",
    ),
    ...some(
      added.map(({ path }) => `+ ${path}`),
      "that are new",
    ),
  ]
}

const shown = (column: string, value: string): string =>
  value === "" ? "(empty)" : column === "sha256" ? value.slice(0, 12) : value

/** "3 gone, 1 changed, 0 new" */
export const differenceCounts = ({ added, removed, changed }: DatasetDifference): string =>
  `${removed.length} gone, ${changed.length} changed, ${added.length} new`
