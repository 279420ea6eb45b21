import { z } from "zod"
import type { FailureKind } from "./launcher.js"

export const FailureCause: z.ZodType<FailureKind> = z.enum([
  "failed",
  "crashed",
  "memory",
  "timeout",
  "node",
  "preempted",
  "cancelled",
  "requeued",
])
