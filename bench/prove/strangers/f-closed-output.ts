import type { StrangerCase } from "./stranger-case.js"

/** Readers that leave: closed standard output and error. */
export const closedOutputCases: readonly StrangerCase[] = []
