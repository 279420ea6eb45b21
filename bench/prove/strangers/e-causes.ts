import type { StrangerCase } from "./stranger-case.js"

/** Faults whose message must name the true cause. */
export const causeCases: readonly StrangerCase[] = []
