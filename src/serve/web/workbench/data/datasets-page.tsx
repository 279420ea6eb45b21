import type { DatasetRow } from "@sourceprint/core/workbench/workbench-data.js"
import { LongTable } from "../../ui/long-table.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { useCall } from "../calls.js"

export function DatasetsPage() {
  const polled = useCall("datasets", {})
  return (
    <Page title="Datasets" lead="Images by scanner and person, as the manifests say.">
      <Part
        polled={polled}
        empty="There is no dataset yet: sourceprint data import, capture session and twin dataset make them."
      >
        {(rows) => (
          <LongTable
            caption="Datasets"
            hint="a name"
            columns={[
              { label: "Dataset", show: (row) => <Name {...row} /> },
              { label: "Images", number: true, show: ({ images }) => images },
              { label: "Scanners", number: true, show: ({ scanners }) => scanners },
              { label: "People", number: true, show: ({ people }) => people },
              { label: "Fingers", number: true, show: ({ fingers }) => fingers },
              { label: "Version", number: true, show: ({ version }) => version ?? "–" },
            ]}
            rows={rows}
            keyOf={({ name }) => name}
          />
        )}
      </Part>
    </Page>
  )
}

const Name = ({ name, problem }: DatasetRow) =>
  problem === undefined ? (
    <a href={`/datasets/${encodeURIComponent(name)}`}>{name}</a>
  ) : (
    <>
      {name} <span class="error">{problem}</span>
    </>
  )
