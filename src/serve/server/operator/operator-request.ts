import { decodeOperator, type OperatorRequest } from "@sourceprint/protocol/operator/operator-messages.js"
import { z } from "zod"

const id = z.string().min(1).max(128)
const bare = (
  ask:
    | "overview"
    | "accounts"
    | "devices"
    | "models"
    | "watch-audit"
    | "experiments"
    | "captures"
    | "reports",
) => z.strictObject({ ask: z.literal(ask) })

const Request = z.discriminatedUnion("ask", [
  bare("overview"),
  bare("accounts"),
  bare("devices"),
  bare("models"),
  bare("watch-audit"),
  bare("experiments"),
  bare("captures"),
  bare("reports"),
  z.strictObject({ ask: z.literal("set-disabled"), accountId: id, disabled: z.boolean() }),
  z.strictObject({ ask: z.literal("delete-account"), accountId: id }),
  z.strictObject({ ask: z.literal("make-code"), hours: z.number().min(0.1).max(720) }),
  z.strictObject({ ask: z.literal("revoke-device"), deviceId: id }),
  z.strictObject({
    ask: z.literal("audit"),
    before: z.int().min(1).exactOptional(),
    limit: z.int().min(1).max(500),
  }),
  z.strictObject({ ask: z.literal("open-report"), id }),
])

/** Undefined for anything malformed. */
export function readOperatorRequest(body: Uint8Array): OperatorRequest | undefined {
  let value: unknown
  try {
    value = decodeOperator(body)
  } catch {
    return undefined
  }
  return Request.safeParse(value).data
}
