import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { AuditLine } from "@sourceprint/protocol/operator/operator-messages.js"
import { useEffect } from "preact/hooks"
import { link } from "../session/live-link.js"
import { Button } from "../ui/button.js"
import { LongTable } from "../ui/long-table.js"
import { Notice } from "../ui/notice.js"
import { Moment } from "../ui/time-words.js"
import { askOperator, watchAudit } from "./operator-link.js"

const PAGE = 100
/** More than this the page does not hold: older ones are asked for again. */
const MOST = 2000

const good = new Set(["passed", "enabled"])
const plain = new Set(["connection", "admin", "server"])

const detailWords = (detail: AuditLine["detail"]): string =>
  Object.entries(detail ?? {})
    .map(([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ")

/** The audit log, newest first, growing as things happen. */
export function AuditPart() {
  const lines = useSignal<readonly AuditLine[]>([])
  const failed = useSignal<string | undefined>(undefined)
  const wholly = useSignal(false)
  const open = link.value

  const older = async (): Promise<void> => {
    try {
      const before = lines.value.at(-1)?.seq
      const more = await askOperator({
        ask: "audit",
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      })
      lines.value = [...lines.value, ...more]
      wholly.value = more.length < PAGE
      failed.value = undefined
    } catch (error) {
      failed.value = messageOf(error)
    }
  }
  useEffect(() => {
    if (open === undefined) return
    lines.value = []
    void older()
    watchAudit((fresh) => {
      const known = lines.value[0]?.seq ?? 0
      const news = fresh.filter(({ seq }) => seq > known).reverse()
      lines.value = [...news, ...lines.value].slice(0, MOST)
    }).catch((error: unknown) => {
      failed.value = messageOf(error)
    })
  }, [open])
  return (
    <>
      {failed.value !== undefined && (
        <Notice kind="bad" title="The log could not be fetched">
          <p>{failed.value}</p>
        </Notice>
      )}
      <LongTable
        caption="Audit log, newest first"
        hint="a name, a reason, an address"
        rowsAtOnce={MOST}
        columns={[
          { label: "Entry", number: true, show: ({ seq }) => seq },
          { label: "When", show: ({ atMs }) => <Moment atMs={atMs} /> },
          { label: "What", show: ({ event }) => event },
          {
            label: "Reason",
            show: ({ event, reason }) => (
              <span class={`tag${good.has(reason) ? " good" : plain.has(event) ? "" : " bad"}`}>{reason}</span>
            ),
          },
          { label: "Who", show: ({ account }) => <bdi>{account}</bdi> },
          { label: "Device", show: ({ deviceId }) => deviceId },
          { label: "Address", show: ({ address }) => address },
          { label: "Detail", show: ({ detail }) => detailWords(detail) },
        ]}
        rows={lines.value}
        keyOf={({ seq }) => seq}
      />
      {!wholly.value && (
        <div class="actions">
          <Button onClick={() => void older()}>Fetch older ones</Button>
        </div>
      )}
    </>
  )
}
