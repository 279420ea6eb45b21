import { messageOf } from "@sourceprint/core/errors.js"
import { Button } from "../ui/button.js"
import { DataTable } from "../ui/data-table.js"
import { LossCurves } from "../ui/loss-curves.js"
import { Part } from "../ui/part.js"
import { Moment } from "../ui/time-words.js"
import { toast } from "../ui/toasts.js"
import { askOperator } from "./operator-link.js"
import { usePolled } from "./polled.js"

export function ExperimentsPart() {
  const polled = usePolled({ ask: "experiments" }, 3000)
  return (
    <Part polled={polled} empty="No experiment was run where this server was started.">
      {(runs) => (
        <ul class="cards">
          {runs.map(({ name, experiment, createdAt, engine, finished, failed, cells, isFinished, live }) => (
            <li key={name} class="card">
              <h3>{experiment}</h3>
              <p class="hint">
                <span class="mono">{name}</span>, engine {engine}, begun <Moment atMs={Date.parse(createdAt)} />
              </p>
              <p>
                <progress max={cells} value={finished} aria-label="Cells finished" /> {finished} of {cells} cells
                {failed > 0 && <span class="tag bad">{failed} failed</span>}{" "}
                {isFinished && <span class="tag good">finished</span>}
              </p>
              {live.map((cell) => (
                <LossCurves key={cell.cell} {...cell} />
              ))}
              {live.length > 0 && (
                <p class="hint legend">
                  <span class="key train" /> training loss <span class="key dev" /> dev loss, as of the last checkpoint
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

export function CapturesPart() {
  const polled = usePolled({ ask: "captures" }, 5000)
  return (
    <Part polled={polled} empty="No dataset was captured where this server was started.">
      {(datasets) => (
        <ul class="cards">
          {datasets.map(({ dataset, plans, images, scanners, lastCapturedAt }) => (
            <li key={dataset} class="card">
              <h3>{dataset}</h3>
              <p>
                {images} images; {scanners.map((one) => `${one.scanner} ${one.images}`).join(", ")}
              </p>
              {lastCapturedAt !== undefined && (
                <p class="hint">
                  last touch <Moment atMs={Date.parse(lastCapturedAt)} />
                </p>
              )}
              {plans.map(({ plan, skipped, notes, consents }) => (
                <p key={plan} class="hint">
                  plan {plan}: {consents} consents, {skipped} steps skipped, {notes} notes
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

export function ReportsPart() {
  const polled = usePolled({ ask: "reports" }, 15_000)
  const show = async (id: string): Promise<void> => {
    const tab = open("about:blank", "_blank") // now, while the click counts
    try {
      const { path } = await askOperator({ ask: "open-report", id })
      if (tab === null) toast("The browser kept the tab from opening: allow it for this page.")
      else {
        tab.opener = null
        tab.location.replace(path)
      }
    } catch (error) {
      tab?.close()
      toast(messageOf(error))
    }
  }
  return (
    <Part polled={polled} empty="No report was rendered where this server was started.">
      {(reports) => (
        <DataTable
          caption="Reports of experiments, benchmarks and trials"
          columns={[
            { label: "Kind", show: ({ kind }) => kind },
            { label: "Question", show: ({ title }) => title },
            { label: "Found", show: ({ verdict }) => verdict },
            { label: "Made", show: ({ createdAt }) => <Moment atMs={Date.parse(createdAt)} /> },
            {
              label: "",
              show: ({ id, title }) => (
                <Button kind="quiet" aria-label={`Open the report: ${title}`} onClick={() => void show(id)}>
                  Open
                </Button>
              ),
            },
          ]}
          rows={reports}
          keyOf={({ id }) => id}
        />
      )}
    </Part>
  )
}
