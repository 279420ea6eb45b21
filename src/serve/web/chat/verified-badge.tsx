import type { ClientView } from "@sourceprint/protocol/chat/chat-view.js"
import { isBiometric, verifiedWords } from "@sourceprint/protocol/chat/view/verified-words.js"
import { Icon } from "./icons.js"
import { fullTime, listTime } from "./times.js"

/** How the holder of a device proved who they are, and when. */
export function VerifiedBadge({ device, several }: { device: ClientView; several: boolean }) {
  return (
    <span class={isBiometric(device.factors) ? "proof strong" : "proof"} title={fullTime(device.verifiedAtMs)}>
      {isBiometric(device.factors) && <Icon name="shield" />}
      {verifiedWords(device.factors)}, {listTime(device.verifiedAtMs)}
      {several && device.self && " (this device)"}
    </span>
  )
}
