import { useSignal } from "@preact/signals"
import { useId } from "preact/hooks"
import { Button } from "./button.js"
import { type Column, DataTable } from "./data-table.js"

const PAGE = 100

/** Rows with that in any of their fields, case aside. Empty words: all. */
function rowsWith<Row>(rows: readonly Row[], words: string): readonly Row[] {
  const wanted = words.trim().toLowerCase()
  return wanted === "" ? rows : rows.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted))
}

/** A table that may have thousands of rows: some at a time, with a field that finds those with a word. */
export function LongTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
  hint,
  rowsAtOnce = PAGE,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): string | number
  /** What one may look for. */
  readonly hint: string
  readonly rowsAtOnce?: number
}) {
  const id = useId()
  const words = useSignal("")
  const most = useSignal(rowsAtOnce)
  const found = rowsWith(rows, words.value)
  const shown = found.slice(0, most.value)
  return (
    <>
      <div class="field">
        <label for={id}>Show only lines with</label>
        <div class="input">
          <input
            id={id}
            type="search"
            autocomplete="off"
            spellcheck={false}
            placeholder={hint}
            value={words.value}
            onInput={(event) => {
              words.value = event.currentTarget.value
              most.value = rowsAtOnce
            }}
          />
        </div>
        <p class="hint" role="status">
          {words.value.trim() !== "" && `${found.length} of the ${rows.length} that are here.`}
        </p>
      </div>
      {shown.length > 0 && <DataTable caption={caption} columns={columns} rows={shown} keyOf={keyOf} />}
      {shown.length < found.length && (
        <div class="actions">
          <Button
            onClick={() => {
              most.value += rowsAtOnce
            }}
          >
            Show {Math.min(rowsAtOnce, found.length - shown.length)} more of {found.length}
          </Button>
        </div>
      )}
    </>
  )
}
