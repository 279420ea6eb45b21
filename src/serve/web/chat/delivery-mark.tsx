import { clockTime } from "./times.js"

/** Where an own message is: in the queue, at the server, or with so many of the others. */
export type Delivery =
  | { readonly state: "waiting" }
  | { readonly state: "sent" }
  | { readonly state: "delivered"; readonly to: number; readonly of: number }

const words = (delivery: Delivery): string =>
  delivery.state === "waiting"
    ? "Waiting to be sent"
    : delivery.state === "sent"
      ? "Sent"
      : `Delivered to ${delivery.to} of ${delivery.of}`

const sign = (delivery: Delivery): string => {
  if (delivery.state === "waiting") return "◷"
  if (delivery.state === "sent") return "✓"
  return delivery.of === 1 ? "✓✓" : `✓✓ ${delivery.to}/${delivery.of}`
}

export function DeliveryMark({ delivery, atMs }: { delivery: Delivery; atMs: number }) {
  return (
    <span class={`delivery ${delivery.state}`} title={`${words(delivery)}, ${clockTime(atMs)}`}>
      <span aria-hidden="true">{sign(delivery)}</span>
      <span class="unseen">{words(delivery)}</span>
    </span>
  )
}
