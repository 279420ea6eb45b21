import type { ComparedRow, PairedFigures } from "@sourceprint/core/workbench/workbench-data.js"
import { DataTable } from "../../ui/data-table.js"

const points = new Intl.NumberFormat(undefined, {
  signDisplay: "exceptZero",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})
const pointsOf = (share: number): string => points.format(100 * share)
const probability = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 })

/** The first run against each other one, on the same draws of fingers: by how much it is better, and whether that is
 *  within chance. */
export function PairsTable({ pairs, first }: { pairs: readonly PairedFigures[]; first: ComparedRow | undefined }) {
  return (
    <section class="part" aria-labelledby="pairs">
      <h2 id="pairs">Against {first?.title}</h2>
      <DataTable
        caption={`The chosen model of ${first?.title} against those of the others`}
        columns={[
          { label: "Run", show: ({ run }) => run },
          {
            label: "Balanced accuracy, points",
            number: true,
            show: ({ balancedAccuracy: found }) =>
              found === undefined
                ? "–"
                : `${pointsOf(found.difference)} (${pointsOf(found.low)} to ${pointsOf(found.high)})`,
          },
          {
            label: "p",
            number: true,
            show: ({ balancedAccuracy: found }) => (found === undefined ? "–" : probability.format(found.pValue)),
          },
          {
            label: "Says",
            show: ({ balancedAccuracy: found, why }) => why ?? verdict(found, pairs.length),
          },
        ]}
        rows={pairs}
        keyOf={({ run }) => run}
      />
    </section>
  )
}

/** Among many comparisons one looks better by chance: p times their number must be below 5 %. */
function verdict(found: PairedFigures["balancedAccuracy"], comparisons: number): string {
  if (found === undefined) return ""
  if (found.pValue * comparisons >= 0.05) return "within chance"
  return found.difference > 0 ? "the first is better" : "the first is worse"
}
