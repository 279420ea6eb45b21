import { useSignal } from "@preact/signals"
import type { ComparedRow, ComparedRuns, ValueColumn } from "@sourceprint/core/workbench/workbench-data.js"
import { CheckBox } from "../../ui/check-box.js"
import type { Column } from "../../ui/data-table.js"
import { LongTable } from "../../ui/long-table.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { SelectField } from "../../ui/select-field.js"
import { TextField } from "../../ui/text-field.js"
import { useCall } from "../calls.js"
import { byValue, numberOf, valueWords } from "../value-words.js"
import { PairsTable } from "./pairs-table.js"
import { ParallelPlot } from "./parallel-plot.js"
import { SettingPlot } from "./setting-plot.js"

export function ComparePage({ name }: { name: string }) {
  const isAll = useSignal(false)
  const runs = name.split(",").filter(Boolean)
  if (runs.length === 0)
    return (
      <Page title="Compare">
        <p>
          Tick runs in the <a href="/runs">list</a> first.
        </p>
      </Page>
    )
  return (
    <Page title="Compare" lead="Figures on eval and the settings that differ; models are chosen on dev.">
      <CheckBox
        label="All models of each run"
        hint="Else the one that each run chose on dev."
        checked={isAll.value}
        onChange={(checked) => (isAll.value = checked)}
      />
      <Compared runs={runs} models={isAll.value ? "all" : "chosen"} />
    </Page>
  )
}

function Compared({ runs, models }: { runs: readonly string[]; models: "chosen" | "all" }) {
  const polled = useCall("compare", { runs, models })
  return (
    <Part polled={polled} empty="">
      {(found) => <Comparison {...found} />}
    </Part>
  )
}

function Comparison({ rows, columns, same, pairs }: ComparedRuns) {
  const results = columns.filter(({ group }) => group === "result")
  const settings = columns.filter(({ group }) => group === "setting")
  const metric = useSignal(results[0]?.key ?? "ba")
  const setting = useSignal(settings[0]?.key ?? "")
  const least = useSignal("")
  const chosen = results.find(({ key }) => key === metric.value) ?? results[0]
  const against = settings.find(({ key }) => key === setting.value) ?? settings[0]
  const scale = chosen?.unit === "rate" ? 100 : 1
  const limit = Number.parseFloat(least.value.replace(",", "."))
  const isKept = (row: ComparedRow): boolean => {
    const value = numberOf(row.values[chosen?.key ?? ""])
    if (Number.isNaN(limit) || value === undefined) return true
    return chosen?.better === "lower" ? scale * value <= limit : scale * value >= limit
  }
  const kept = rows.filter(isKept).sort(byValue((row) => row.values[chosen?.key ?? ""], chosen?.better))
  return (
    <>
      <div class="fields">
        <SelectField
          label="Figure"
          choices={results.map(({ key, label }) => ({ value: key, label }))}
          value={metric.value}
          onChoose={(key) => (metric.value = key)}
        />
        <TextField
          label={`${chosen?.better === "lower" ? "At most" : "At least"}${scale === 100 ? ", %" : ""}`}
          value={least.value}
          onText={(text) => (least.value = text)}
        />
      </div>
      <p role="status" class="hint">
        {kept.length} of {rows.length} models; {settings.length} settings differ, {same} are the same.
      </p>
      <div class="scroll">
        <LongTable
          caption="Models, the best first"
          hint="a run, a model, a value"
          columns={tableColumns(columns)}
          rows={kept}
          keyOf={({ run, model }) => `${run} ${model}`}
        />
      </div>
      {pairs.length > 0 && <PairsTable pairs={pairs} first={rows[0]} />}
      {chosen !== undefined && against !== undefined && kept.length > 1 && (
        <>
          <section class="part" aria-labelledby="setting">
            <h2 id="setting">Figure against setting</h2>
            <SelectField
              label="Setting"
              choices={settings.map(({ key, label }) => ({ value: key, label }))}
              value={against.key}
              onChoose={(key) => (setting.value = key)}
            />
            <SettingPlot rows={kept} metric={chosen} setting={against} />
          </section>
          <section class="part" aria-labelledby="parallel">
            <h2 id="parallel">Parallel coordinates</h2>
            <ParallelPlot rows={kept} metric={chosen} settings={settings} />
          </section>
        </>
      )}
    </>
  )
}

const tableColumns = (columns: readonly ValueColumn[]): Column<ComparedRow>[] => [
  { label: "Run", show: ({ run, title }) => <a href={`/runs/${encodeURIComponent(run)}`}>{title}</a> },
  { label: "Model", show: ({ model }) => model },
  ...columns.map(
    ({ key, label, unit, group }): Column<ComparedRow> => ({
      label,
      number: group === "result",
      show: ({ values }) => valueWords(values[key], unit),
    }),
  ),
]
