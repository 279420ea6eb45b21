import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { RunDetail } from "@sourceprint/core/workbench/workbench-data.js"
import { navigate } from "../../router.js"
import { Button, ButtonLink } from "../../ui/button.js"
import { ConfirmButton } from "../../ui/confirm-button.js"
import { DataTable } from "../../ui/data-table.js"
import { LossCurves } from "../../ui/loss-curves.js"
import { Notice } from "../../ui/notice.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { Moment } from "../../ui/time-words.js"
import { toast } from "../../ui/toasts.js"
import { call, useRun } from "../calls.js"
import { openReport } from "../open-report.js"
import { valueWords } from "../value-words.js"
import { JobsTable } from "./jobs-table.js"
import { NotesPart } from "./notes-part.js"
import { StateTag } from "./state-tag.js"

export function RunPage({ name }: { name: string }) {
  const polled = useRun(name)
  return (
    <Page title={polled.value.value?.row.title ?? name} lead={polled.value.value?.row.question}>
      <Part polled={polled} empty="">
        {(detail) => <Run {...detail} />}
      </Part>
    </Page>
  )
}

const FIGURES = [
  ["ba", "Balanced accuracy", "rate"],
  ["eer", "Pooled EER", "rate"],
  ["auc", "AUC", "score"],
  ["fmr", "FMR", "rate"],
  ["fnmr", "FNMR", "rate"],
  ["parameters", "Parameters", "count"],
] as const

function Run(detail: RunDetail) {
  const { row, verdict, jobs, curves, models, log, settings, datasetHash, datasetVersion } = detail
  return (
    <>
      <p>
        <StateTag {...row} /> <span class="mono">{row.name}</span>
        <span class="hint">
          , begun <Moment atMs={Date.parse(row.createdAt)} />, engine {row.engine}, data {datasetHash.slice(0, 12)}
          {datasetVersion !== undefined && ` (version ${datasetVersion})`}
        </span>
      </p>
      <progress max={row.jobs} value={row.finished} aria-label="Jobs that are finished" />
      <Actions {...detail} />
      {verdict !== "" && (
        <Notice kind="good" title="Found">
          <p>{verdict}</p>
        </Notice>
      )}
      {models.length > 0 && (
        <section class="part" aria-labelledby="models">
          <h2 id="models">Models on eval</h2>
          <DataTable
            caption="Models of this run on eval"
            columns={[
              {
                label: "Model",
                show: ({ label, isChosen }) => (
                  <>
                    {label} {isChosen && <span class="tag good">chosen on dev</span>}
                  </>
                ),
              },
              ...FIGURES.map(([key, label, unit]) => ({
                label,
                number: true,
                show: ({ figures }: RunDetail["models"][number]) => valueWords(figures[key], unit),
              })),
            ]}
            rows={models}
            keyOf={({ label }) => label}
          />
        </section>
      )}
      {curves.length > 0 && (
        <section class="part" aria-labelledby="curves">
          <h2 id="curves">At work</h2>
          <ul class="cards">
            {curves.map(({ job, epochs }) => (
              <li key={job} class="card">
                <LossCurves
                  cell={job}
                  trainLoss={epochs.map(({ trainLoss }) => trainLoss)}
                  devLoss={epochs.map(({ devLoss }) => devLoss)}
                />
              </li>
            ))}
          </ul>
          <p class="hint legend">
            <span class="key train" /> training loss <span class="key dev" /> dev loss, as of the last epoch
          </p>
        </section>
      )}
      <section class="part" aria-labelledby="jobs">
        <h2 id="jobs">Jobs</h2>
        <JobsTable run={row.name} jobs={jobs} />
      </section>
      <section class="part" aria-labelledby="log">
        <h2 id="log">Log</h2>
        {log.length === 0 ? (
          <p class="aside">This run wrote no log.</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <pre class="log" role="log" aria-label="Log of the run" tabIndex={0}>
            {log.map((line) => logWords(line)).join("\n")}
          </pre>
        )}
      </section>
      <NotesPart {...detail} />
      <details>
        <summary>Settings</summary>
        <dl class="facts">
          {Object.entries(settings).map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{valueWords(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" })

/** A line of the log with its moment as the reader writes times. */
function logWords(line: string): string {
  const [, at, text] = /^(\d{4}-\S+Z) (.*)$/.exec(line) ?? []
  return at === undefined ? line : `${clock.format(Date.parse(at))}  ${text}`
}

function Actions({ row, hasReport }: RunDetail) {
  const busy = useSignal(false)
  const failed = useSignal<string | undefined>(undefined)
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    busy.value = true
    failed.value = undefined
    try {
      await work()
      toast(done)
    } catch (error) {
      failed.value = messageOf(error)
    } finally {
      busy.value = false
    }
  }
  const run = row.name
  return (
    <>
      <div class="actions">
        {row.state === "running" && (
          <Button
            busy={busy.value}
            onClick={() => void act(() => call("stop", { run }), "Stopping: jobs at work save their state.")}
          >
            Stop
          </Button>
        )}
        {(row.state === "stopped" || row.state === "failed") && (
          <Button
            kind="primary"
            busy={busy.value}
            onClick={() => void act(() => call("resume", { run }), "The run goes on.")}
          >
            {row.state === "failed" ? "Try the failed jobs again" : "Go on"}
          </Button>
        )}
        {hasReport && <Button onClick={() => void openReport(run)}>Open the report</Button>}
        <ButtonLink href={`/new/${encodeURIComponent(run)}`}>Clone</ButtonLink>
        {row.state === "finished" && (
          <ConfirmButton
            label="Promote"
            title="Put the chosen model into the registry?"
            onConfirm={async () => {
              const { models } = await call("promote", { run })
              toast(`Promoted: ${models.join(", ")}`)
              navigate("/registry")
            }}
          >
            <p>The model that was chosen on dev, of each target, with its card. A promoted id never changes.</p>
          </ConfirmButton>
        )}
      </div>
      {failed.value !== undefined && (
        <Notice kind="bad">
          <p>{failed.value}</p>
        </Notice>
      )}
    </>
  )
}
