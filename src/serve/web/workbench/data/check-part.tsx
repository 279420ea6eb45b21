import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { DatasetCheck } from "@sourceprint/core/workbench/workbench-data.js"
import { Button } from "../../ui/button.js"
import { DataTable } from "../../ui/data-table.js"
import { LongTable } from "../../ui/long-table.js"
import { Notice } from "../../ui/notice.js"
import { call } from "../calls.js"
import { valueWords } from "../value-words.js"

/** Quality and duplicates: found by reading every image, when somebody asks. */
export function CheckPart({ dataset }: { dataset: string }) {
  const found = useSignal<DatasetCheck | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const check = async (): Promise<void> => {
    busy.value = true
    failed.value = undefined
    try {
      found.value = await call("check-dataset", { dataset })
    } catch (error) {
      failed.value = messageOf(error)
    } finally {
      busy.value = false
    }
  }
  return (
    <section class="part" aria-labelledby="check">
      <h2 id="check">Quality and duplicates</h2>
      <div class="actions">
        <Button busy={busy.value} onClick={() => void check()}>
          Read every image
        </Button>
        <span class="hint">Looks for unreadable, altered and doubled files; a large set takes minutes.</span>
      </div>
      {failed.value !== undefined && (
        <Notice kind="bad">
          <p>{failed.value}</p>
        </Notice>
      )}
      {found.value !== undefined && <Findings {...found.value} />}
    </section>
  )
}

function Findings({ columns, quality, unreadable, altered, duplicates }: DatasetCheck) {
  const faults = unreadable.length + altered.length + duplicates.length
  return (
    <>
      <Notice kind={faults === 0 ? "good" : "warn"} title={faults === 0 ? "Nothing found" : `${faults} findings`}>
        {unreadable.map((reason) => (
          <p key={reason}>unreadable: {reason}</p>
        ))}
        {altered.map((path) => (
          <p key={path}>altered since the import: {path}</p>
        ))}
      </Notice>
      {quality.length > 0 && (
        <DataTable
          caption="Image statistics by scanner: means"
          columns={columns.map((label, i) => ({
            label,
            number: i > 0,
            show: (row: DatasetCheck["quality"][number]) => valueWords(row[i]),
          }))}
          rows={quality}
          keyOf={([scanner]) => scanner ?? ""}
        />
      )}
      {duplicates.length > 0 && (
        <LongTable
          caption="Pairs that show one touch"
          hint="a path"
          columns={[
            { label: "One", show: ({ a }) => <span class="mono">{a}</span> },
            { label: "Other", show: ({ b }) => <span class="mono">{b}</span> },
            {
              label: "Alike",
              number: true,
              show: ({ sameBytes, correlation }) => (sameBytes ? "same file" : correlation.toFixed(3)),
            },
            { label: "Labels", show: ({ labelsDiffer }) => labelsDiffer && <span class="tag bad">differ</span> },
          ]}
          rows={duplicates}
          keyOf={({ a, b }) => `${a} ${b}`}
        />
      )}
    </>
  )
}
