import type { StrangerCase } from "./stranger-case.js"

/** Names and folders that mean other data than they seem to. */
export const otherDataCases: readonly StrangerCase[] = []
