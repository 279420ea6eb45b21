import { ConfirmButton } from "../ui/confirm-button.js"
import { LongTable } from "../ui/long-table.js"
import { Part } from "../ui/part.js"
import { Moment } from "../ui/time-words.js"
import { toast } from "../ui/toasts.js"
import { askOperator } from "./operator-link.js"
import { usePolled } from "./polled.js"

export function ScannersPart() {
  const polled = usePolled({ ask: "devices" }, 5000)
  return (
    <Part
      polled={polled}
      empty="No device is registered. On the server: sourceprint device add, with the key that the device shows."
    >
      {(devices) => (
        <LongTable
          hint="a device, a scanner, a model"
          caption="Devices and the scanners they are bound to"
          columns={[
            { label: "Device", show: ({ id }) => <span class="mono">{id}</span> },
            { label: "Scanner", show: ({ scannerId }) => <span class="mono">{scannerId}</span> },
            {
              label: "State",
              show: ({ linked, revokedAtMs }) =>
                revokedAtMs !== undefined ? (
                  <span class="tag bad">revoked</span>
                ) : linked ? (
                  <span class="tag good">linked now</span>
                ) : (
                  <span class="tag">not connected</span>
                ),
            },
            { label: "Judged by", show: ({ model }) => model ?? "no model" },
            { label: "Since", show: ({ createdAtMs }) => <Moment atMs={createdAtMs} /> },
            {
              label: "Change",
              show: ({ id, revokedAtMs }) =>
                revokedAtMs === undefined && (
                  <ConfirmButton
                    label="Revoke"
                    title={`Revoke ${id}?`}
                    onConfirm={async () => {
                      await askOperator({ ask: "revoke-device", deviceId: id })
                      toast(`${id} is revoked.`)
                      polled.again()
                    }}
                  >
                    <p>Its key is refused from now on, for good. A device that is to come back gets a new key.</p>
                  </ConfirmButton>
                ),
            },
          ]}
          rows={devices}
          keyOf={({ id }) => id}
        />
      )}
    </Part>
  )
}
