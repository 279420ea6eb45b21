import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { CheckedExperiment } from "@sourceprint/core/workbench/workbench-data.js"
import { useEffect } from "preact/hooks"
import { navigate } from "../../router.js"
import { Button } from "../../ui/button.js"
import { Notice } from "../../ui/notice.js"
import { Page } from "../../ui/page.js"
import { Part } from "../../ui/part.js"
import { call, useCall } from "../calls.js"
import type { JsonSchema } from "./json-schema.js"
import { SchemaField } from "./schema-field.js"

export function NewPage({ name }: { name: string }) {
  const polled = useCall("schema", {})
  return (
    <Page
      title={name === "" ? "New experiment" : "Clone of an experiment"}
      lead={name === "" ? "A form that knows every key; its file is shown beside it." : `It begins as ${name}.`}
    >
      <Part polled={polled} empty="">
        {({ schema, datasets }) => <NewExperiment schema={schema as JsonSchema} datasets={datasets} from={name} />}
      </Part>
    </Page>
  )
}

/** What an experiment begins with; the scanners are told apart, people are never in two sides. */
const begin = (dataset: string | undefined): unknown => ({
  name: "my-experiment",
  question: "Which scanner took the image?",
  dataset: { folder: dataset ?? "data/my-dataset" },
  split: { by: "subject", folds: 3 },
  view: { region: { kind: "common-window", sidePx: 64 } },
  models: [{ id: "texture-mlp" }],
})

const CHECK_AFTER_MS = 250

function NewExperiment(props: { schema: JsonSchema; datasets: readonly string[]; from: string }) {
  const { schema, datasets, from } = props
  const experiment = useSignal<unknown>(undefined)
  const checked = useSignal<CheckedExperiment | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
      failed.value = undefined
    } catch (error) {
      failed.value = messageOf(error)
    }
  }
  useEffect(() => {
    if (from === "") experiment.value = begin(datasets[0])
    else
      void attempt(async () => {
        experiment.value = (await call("clone", { run: from })).experiment
      })
  }, [from])
  useEffect(() => {
    if (experiment.value === undefined) return
    let over = false
    const check = (): Promise<void> =>
      attempt(async () => {
        const found = await call("check", { experiment: experiment.value })
        if (!over) checked.value = found
      })
    const timer = setTimeout(() => void check(), CHECK_AFTER_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [experiment.value])
  const start = async (): Promise<void> => {
    busy.value = true
    await attempt(async () => {
      const { run } = await call("start", { experiment: experiment.value })
      navigate(`/runs/${encodeURIComponent(run)}`)
    })
    busy.value = false
  }
  const found = checked.value
  return (
    <>
      {experiment.value !== undefined && (
        <div class="form-and-file">
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void start()
            }}
          >
            <SchemaField
              schema={schema}
              label="Experiment"
              path={[]}
              value={experiment.value}
              problems={found?.problems ?? []}
              offers={datasets.length === 0 ? {} : { "dataset.folder": datasets }}
              onChange={(value) => (experiment.value = value)}
            />
            <div class="actions sticky">
              <Button type="submit" kind="primary" busy={busy.value} disabled={found?.plan === undefined}>
                Start
              </Button>
              <PlanWords checked={found} />
            </div>
          </form>
          <section class="part" aria-labelledby="file">
            <h2 id="file">Its file</h2>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <pre class="log" tabIndex={0}>
              {found?.yaml}
            </pre>
            {found !== undefined && found.problems.length > 0 && (
              <Notice kind="warn" title={`${found.problems.length} to mend`}>
                {found.problems.map(({ text }) => (
                  <p key={text}>{text}</p>
                ))}
              </Notice>
            )}
          </section>
        </div>
      )}
      {failed.value !== undefined && (
        <Notice kind="bad">
          <p>{failed.value}</p>
        </Notice>
      )}
    </>
  )
}

function PlanWords({ checked }: { checked: CheckedExperiment | undefined }) {
  const plan = checked?.plan
  if (plan === undefined)
    return <span class="hint">{checked === undefined ? "Checking…" : "Mend what is marked."}</span>
  const { jobs, models, tasks, images, run, state, takes } = plan
  return (
    <span class="hint" role="status">
      {jobs} jobs: {models.length} models, {tasks.length} tasks, {images} images; run <span class="mono">{run}</span>
      {state !== undefined && ` is there already: ${state}`}
      {takes !== undefined && `; ${takes} says something else, so the file is named after the run`}
    </span>
  )
}
