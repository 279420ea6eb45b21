import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { RegistryModel, RegistryView } from "@sourceprint/core/workbench/workbench-data.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { DataTable } from "../ui/data-table.js"
import { LongTable } from "../ui/long-table.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { Part } from "../ui/part.js"
import { SelectField } from "../ui/select-field.js"
import { TextField } from "../ui/text-field.js"
import { Moment } from "../ui/time-words.js"
import { toast } from "../ui/toasts.js"
import { call, useCall } from "./calls.js"
import { valueWords } from "./value-words.js"

export function RegistryPage() {
  const polled = useCall("registry", {}, 5000)
  return (
    <Page title="Registry" lead="Promoted models, and the names that stand for them.">
      <Part polled={polled} empty="">
        {(view) =>
          view.models.length === 0 ? (
            <p class="aside">No model is promoted yet: a finished run has a button for it.</p>
          ) : (
            <Registry {...view} again={polled.again} />
          )
        }
      </Part>
    </Page>
  )
}

function Registry({ models, aliases, history, again }: RegistryView & { again(): void }) {
  return (
    <>
      <section class="part" aria-labelledby="models">
        <h2 id="models">Models</h2>
        <LongTable
          caption="Promoted models"
          hint="an id, a scanner, an alias"
          columns={[
            { label: "Id", show: ({ id }) => <span class="mono">{id}</span> },
            { label: "Stands as", show: ({ aliases: names }) => <Tags names={names} /> },
            { label: "Accepts", show: ({ target }) => target ?? "–" },
            { label: "Model", show: ({ architecture, problem }) => problem ?? architecture },
            { label: "Balanced accuracy", number: true, show: (model) => valueWords(model.balancedAccuracy, "rate") },
            { label: "EER", number: true, show: ({ eer }) => valueWords(eer, "rate") },
            { label: "Size", number: true, show: ({ sizeBytes }) => sizeWords(sizeBytes) },
          ]}
          rows={models}
          keyOf={({ id }) => id}
        />
      </section>
      <AliasForm models={models} aliases={aliases.map(({ alias }) => alias)} again={again} />
      {history.length > 0 && (
        <section class="part" aria-labelledby="history">
          <h2 id="history">History of aliases</h2>
          <DataTable
            caption="Moves of aliases, newest first"
            columns={[
              { label: "Alias", show: ({ alias }) => alias },
              { label: "Model", show: ({ model }) => <span class="mono">{model}</span> },
              { label: "When", show: ({ at }) => <Moment atMs={Date.parse(at)} /> },
              { label: "By", show: ({ by }) => by },
              { label: "Why", show: ({ why }) => why },
            ]}
            rows={history.toReversed()}
            keyOf={({ alias, at }) => `${alias} ${at}`}
          />
        </section>
      )}
    </>
  )
}

const Tags = ({ names }: { names: readonly string[] }) => (
  <>
    {names.map((name) => (
      <span key={name} class="tag good">
        {name}
      </span>
    ))}
  </>
)

const sizeWords = (bytes: number | undefined): string => (bytes === undefined ? "–" : `${Math.ceil(bytes / 1024)} KiB`)

/** Moves an alias, or back to the model before. */
function AliasForm(props: { models: readonly RegistryModel[]; aliases: readonly string[]; again(): void }) {
  const { models, aliases, again } = props
  const alias = useSignal(aliases[0] ?? "production")
  const model = useSignal(models[0]?.id ?? "")
  const why = useSignal("")
  const failed = useSignal<string | undefined>(undefined)
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    failed.value = undefined
    try {
      await work()
      toast(done)
      why.value = ""
      again()
    } catch (error) {
      failed.value = messageOf(error)
    }
  }
  return (
    <section class="part" aria-labelledby="alias">
      <h2 id="alias">Move an alias</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const ask = { alias: alias.value.trim(), model: model.value, why: why.value }
          void act(() => call("move-alias", ask), `${ask.alias} stands for ${ask.model}.`)
        }}
      >
        <div class="fields">
          <TextField label="Alias" {...boundTo(alias)} hint="Such as production or candidate." />
          <SelectField
            label="Model"
            choices={models.map(({ id }) => ({ value: id, label: id }))}
            value={model.value}
            onChoose={(id) => (model.value = id)}
          />
          <TextField label="Why" {...boundTo(why)} hint="Kept in the history, with your name." />
        </div>
        {failed.value !== undefined && (
          <Notice kind="bad">
            <p>{failed.value}</p>
          </Notice>
        )}
        <div class="actions">
          <Button type="submit" kind="primary">
            Move
          </Button>
          <Button
            onClick={() => {
              const ask = { alias: alias.value.trim(), why: why.value }
              void act(() => call("roll-back", ask), `${ask.alias} is back at the model before.`)
            }}
          >
            Roll back
          </Button>
        </div>
      </form>
    </section>
  )
}
