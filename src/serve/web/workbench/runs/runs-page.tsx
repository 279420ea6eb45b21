import { useSignal } from "@preact/signals"
import type { RunRow, RunRows } from "@sourceprint/core/workbench/workbench-data.js"
import { navigate } from "../../router.js"
import { Button, ButtonLink } from "../../ui/button.js"
import { CheckBox } from "../../ui/check-box.js"
import type { Column } from "../../ui/data-table.js"
import { LongTable } from "../../ui/long-table.js"
import { Notice } from "../../ui/notice.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { SelectField } from "../../ui/select-field.js"
import { TextField } from "../../ui/text-field.js"
import { Moment } from "../../ui/time-words.js"
import { useCall } from "../calls.js"
import { byValue, numberOf, valueWords } from "../value-words.js"
import { groupBySeed, type RunLine } from "./run-lines.js"
import { StateTag } from "./state-tag.js"

export function RunsPage() {
  const polled = useCall("runs", {}, 3000)
  return (
    <Page title="Runs" lead="Every run of an experiment here: watch it, or tick some and compare them.">
      <div class="actions">
        <ButtonLink kind="primary" href="/new">
          New experiment
        </ButtonLink>
      </div>
      <Part polled={polled} empty="">
        {(found) => (found.rows.length + found.damaged.length === 0 ? <NoRun /> : <Runs {...found} />)}
      </Part>
    </Page>
  )
}

const NoRun = () => <p class="aside">There is no run yet. Start one from the form.</p>

const NEWEST = "newest"
const ALL = ""

function Runs({ rows, figures, damaged }: RunRows) {
  const picked = useSignal<ReadonlySet<string>>(new Set())
  const tag = useSignal(ALL)
  const state = useSignal(ALL)
  const figure = useSignal("ba")
  const from = useSignal("")
  const to = useSignal("")
  const order = useSignal(NEWEST)
  const isGrouped = useSignal(false)

  const numeric = figures.filter(({ unit }) => unit !== undefined)
  const chosen = numeric.find(({ key }) => key === figure.value)
  const tags = [...new Set(rows.flatMap((row) => row.tags))].sort()
  const isIn = (row: RunRow): boolean => {
    const value = numberOf(row.figures[figure.value])
    const [low, high] = [limitOf(from.value, chosen?.unit), limitOf(to.value, chosen?.unit)]
    if (low === undefined && high === undefined) return true
    return value !== undefined && value >= (low ?? -Infinity) && value <= (high ?? Infinity)
  }
  const shown = rows
    .filter((row) => tag.value === ALL || row.tags.includes(tag.value))
    .filter((row) => state.value === ALL || row.state === state.value)
    .filter(isIn)
  const sorting = numeric.find(({ key }) => key === order.value)
  const grouped = groupBySeed(shown, isGrouped.value)
  const lines =
    sorting === undefined ? grouped : grouped.sort(byValue((line) => line.figures[sorting.key], sorting.better))
  const pick = (line: RunLine, isPicked: boolean): void => {
    const next = new Set(picked.value)
    for (const { name } of line.rows) isPicked ? next.add(name) : next.delete(name)
    picked.value = next
  }
  const columns: readonly Column<RunLine>[] = [
    {
      label: "Compare",
      show: (line) => (
        <input
          type="checkbox"
          aria-label={`Compare ${line.name}`}
          disabled={line.rows.some((row) => row.state !== "finished")}
          checked={line.rows.every(({ name }) => picked.value.has(name))}
          onChange={(event) => pick(line, event.currentTarget.checked)}
        />
      ),
    },
    { label: "Run", show: (line) => <RunName line={line} /> },
    { label: "State", show: ({ rows: [row] }) => row && <StateTag {...row} /> },
    { label: "Begun", show: ({ rows: [row] }) => row && <Moment atMs={Date.parse(row.createdAt)} /> },
    ...numeric.slice(0, 3).map(
      ({ key, label, unit }): Column<RunLine> => ({
        label,
        number: true,
        show: (line) => valueWords(line.figures[key], unit),
      }),
    ),
    { label: "Chosen", show: ({ figures: own }) => valueWords(own.winner) },
  ]
  return (
    <>
      {damaged.map(({ name, reason }) => (
        <Notice key={name} kind="warn" title={`${name} is not listed`}>
          <p>{reason}</p>
        </Notice>
      ))}
      <div class="fields">
        <SelectField
          label="Tag"
          choices={[{ value: ALL, label: "every" }, ...tags.map((name) => ({ value: name, label: name }))]}
          value={tag.value}
          onChoose={(value) => (tag.value = value)}
        />
        <SelectField
          label="State"
          choices={[
            { value: ALL, label: "every" },
            ...["running", "finished", "stopped", "failed"].map((value) => ({ value, label: value })),
          ]}
          value={state.value}
          onChoose={(value) => (state.value = value)}
        />
        <SelectField
          label="Figure"
          choices={numeric.map(({ key, label }) => ({ value: key, label }))}
          value={figure.value}
          onChoose={(value) => (figure.value = value)}
        />
        <TextField label={`From${unitWord(chosen?.unit)}`} value={from.value} onText={(text) => (from.value = text)} />
        <TextField label={`To${unitWord(chosen?.unit)}`} value={to.value} onText={(text) => (to.value = text)} />
        <SelectField
          label="Order"
          choices={[
            { value: NEWEST, label: "newest first" },
            ...numeric.map(({ key, label }) => ({ value: key, label: `best ${label} first` })),
          ]}
          value={order.value}
          onChoose={(value) => (order.value = value)}
        />
      </div>
      <CheckBox
        label="Group runs that differ in their seeds alone"
        hint="A group shows the mean of its figures, and their range."
        checked={isGrouped.value}
        onChange={(checked) => (isGrouped.value = checked)}
      />
      <p role="status" class="hint">
        {shown.length} of {rows.length} runs{isGrouped.value && ` in ${lines.length} lines`}
      </p>
      <LongTable
        caption="Runs"
        hint="a name, a tag, a model, a question"
        columns={columns}
        rows={lines}
        keyOf={({ key }) => key}
      />
      <div class="actions sticky">
        <Button
          kind="primary"
          disabled={picked.value.size === 0}
          onClick={() => navigate(`/compare/${[...picked.value].map(encodeURIComponent).join(",")}`)}
        >
          Compare {picked.value.size} runs
        </Button>
        {picked.value.size > 0 && (
          <Button kind="quiet" onClick={() => (picked.value = new Set())}>
            Untick all
          </Button>
        )}
      </div>
    </>
  )
}

/** A limit as typed; a rate is typed in percent. Undefined: none, or no number. */
function limitOf(text: string, unit: string | undefined): number | undefined {
  const value = Number(text.replace(",", ".").replace("%", "").trim())
  if (text.trim() === "" || Number.isNaN(value)) return undefined
  return unit === "rate" ? value / 100 : value
}
const unitWord = (unit: string | undefined): string => (unit === "rate" ? ", %" : "")

function RunName({ line }: { line: RunLine }) {
  const [first] = line.rows
  if (first === undefined) return null
  return (
    <>
      <a href={`/runs/${encodeURIComponent(first.name)}`}>{first.title ?? first.name}</a>
      {line.rows.length > 1 && <span class="hint"> and {line.rows.length - 1} more seeds</span>}
      {first.title !== undefined && <span class="hint mono"> {first.name}</span>}{" "}
      {first.tags.map((name) => (
        <span key={name} class="tag">
          {name}
        </span>
      ))}
    </>
  )
}
