import { useSignal } from "@preact/signals"
import type { DatasetDetail } from "@sourceprint/core/workbench/workbench-data.js"
import { ButtonLink } from "../../ui/button.js"
import { DataTable } from "../../ui/data-table.js"
import { LongTable } from "../../ui/long-table.js"
import { Notice } from "../../ui/notice.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { Moment } from "../../ui/time-words.js"
import { useCall } from "../calls.js"
import { CheckPart } from "./check-part.js"
import { ImageGrid } from "./image-grid.js"

export function DatasetPage({ name }: { name: string }) {
  const polled = useCall("dataset", { dataset: name })
  return (
    <Page title={name} lead="A dataset: its images, what is wrong with them, and its versions.">
      <Part polled={polled} empty="">
        {(detail) => <Dataset {...detail} />}
      </Part>
    </Page>
  )
}

function Dataset({ row, byScanner, byPerson, images, versions, changedSince, warnings }: DatasetDetail) {
  const isOpen = useSignal(false)
  return (
    <>
      <dl class="facts">
        {(["images", "scanners", "people", "fingers"] as const).map((what) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{row[what]}</dd>
          </div>
        ))}
      </dl>
      <div class="actions">
        <ButtonLink href="/datasets">All datasets</ButtonLink>
      </div>
      {warnings.map((text) => (
        <Notice key={text} kind="warn" title="A likely mistake">
          <p>{text}</p>
        </Notice>
      ))}
      <section class="part" aria-labelledby="scanners">
        <h2 id="scanners">By scanner</h2>
        <DataTable
          caption="Images by scanner"
          columns={[
            { label: "Scanner", show: ({ name }) => name },
            { label: "Images", number: true, show: ({ images: count }) => count },
            { label: "People", number: true, show: ({ people }) => people },
          ]}
          rows={byScanner}
          keyOf={({ name }) => name}
        />
      </section>
      <details open={isOpen.value} onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
        <summary>By person</summary>
        {isOpen.value && (
          <LongTable
            caption="Images by person"
            hint="a person"
            columns={[
              { label: "Person", show: ({ name }) => name || "not known" },
              { label: "Images", number: true, show: ({ images: count }) => count },
            ]}
            rows={byPerson}
            keyOf={({ name }) => name}
          />
        )}
      </details>
      <section class="part" aria-labelledby="images">
        <h2 id="images">Images</h2>
        <ImageGrid dataset={row.name} images={images} />
      </section>
      <CheckPart dataset={row.name} />
      <section class="part" aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        {changedSince && <p>The manifest has changed since the newest version; the next import or run keeps it.</p>}
        {versions.length === 0 ? (
          <p class="aside">No version is kept yet.</p>
        ) : (
          <DataTable
            caption="Versions, newest first"
            columns={[
              { label: "Version", number: true, show: ({ number }) => number },
              { label: "Kept", show: ({ keptAt }) => <Moment atMs={Date.parse(keptAt)} /> },
              { label: "By", show: ({ by }) => by },
              { label: "Images", number: true, show: ({ images: count }) => count },
              { label: "Hash", show: ({ sha256 }) => <span class="mono">{sha256.slice(0, 12)}</span> },
              { label: "Note", show: ({ note }) => note },
            ]}
            rows={versions.toReversed()}
            keyOf={({ number }) => number}
          />
        )}
      </section>
    </>
  )
}
