import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { JobCurves, RunJob } from "@sourceprint/core/workbench/workbench-data.js"
import { Button } from "../../ui/button.js"
import { Dialog } from "../../ui/dialog.js"
import { LongTable } from "../../ui/long-table.js"
import { LossCurves } from "../../ui/loss-curves.js"
import { SelectField } from "../../ui/select-field.js"
import { toast } from "../../ui/toasts.js"
import { call } from "../calls.js"

const ALL = ""
const STATES = ["started", "failed", "finished", "waiting"] as const
const moods: Readonly<Record<RunJob["state"], string>> = {
  started: "now",
  failed: "bad",
  finished: "good",
  waiting: "",
}
const AT_ONCE = 25

/** The jobs of a run: what each does now, why it failed, its curves. */
export function JobsTable({ run, jobs }: { run: string; jobs: readonly RunJob[] }) {
  const state = useSignal(ALL)
  const shown = useSignal<JobCurves | undefined>(undefined)
  const show = async (job: string): Promise<void> => {
    try {
      shown.value = await call("job-curves", { run, job })
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const count = (name: RunJob["state"]): number => jobs.filter((job) => job.state === name).length
  const inOrder = STATES.flatMap((name) => jobs.filter((job) => job.state === name))
  return (
    <>
      <SelectField
        label="Which jobs"
        choices={[
          { value: ALL, label: `all ${jobs.length}` },
          ...STATES.map((name) => ({ value: name, label: `${name}: ${count(name)}` })),
        ]}
        value={state.value}
        onChoose={(value) => (state.value = value)}
      />
      <LongTable
        caption="Jobs of the run"
        hint="a model, a scanner"
        rowsAtOnce={AT_ONCE}
        columns={[
          { label: "Model", show: ({ model }) => model },
          { label: "Task", show: ({ task }) => task },
          { label: "Fold", number: true, show: ({ fold }) => fold },
          { label: "Seed", number: true, show: ({ seed }) => seed },
          {
            label: "State",
            show: (job) => (
              <>
                <span class={`tag ${moods[job.state]}`}>{job.state}</span>{" "}
                {job.fraction !== undefined && (
                  <span class="hint">
                    {Math.round(100 * job.fraction)} % {job.note}
                  </span>
                )}
                {job.failure !== undefined && <span class="error">{job.failure}</span>}
              </>
            ),
          },
          {
            label: "Curves",
            show: ({ id, state: now, model, task, fold }) =>
              (now === "finished" || now === "started") && (
                <Button
                  kind="quiet"
                  aria-label={`Curves of ${model}, ${task}, fold ${fold}`}
                  onClick={() => void show(id)}
                >
                  Curves
                </Button>
              ),
          },
        ]}
        rows={state.value === ALL ? inOrder : jobs.filter((job) => job.state === state.value)}
        keyOf={({ id }) => id}
      />
      <Dialog title="Curves of a job" open={shown.value !== undefined} onClose={() => (shown.value = undefined)}>
        {shown.value !== undefined && <Curves {...shown.value} />}
        <div class="actions">
          <Button onClick={() => (shown.value = undefined)}>Close</Button>
        </div>
      </Dialog>
    </>
  )
}

const Curves = ({ job, epochs }: JobCurves) =>
  epochs.length === 0 ? (
    <p>
      <span class="mono">{job}</span> has no epochs: its model is fitted in one step, or none is finished yet.
    </p>
  ) : (
    <>
      <LossCurves
        cell={job}
        trainLoss={epochs.map(({ trainLoss }) => trainLoss)}
        devLoss={epochs.map(({ devLoss }) => devLoss)}
      />
      <p class="hint legend">
        <span class="key train" /> training loss <span class="key dev" /> dev loss
      </p>
    </>
  )
