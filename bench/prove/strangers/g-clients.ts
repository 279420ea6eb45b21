import type { StrangerCase } from "./stranger-case.js"

/** Clients and drivers that were written elsewhere. */
export const clientCases: readonly StrangerCase[] = []
