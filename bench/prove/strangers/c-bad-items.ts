import type { StrangerCase } from "./stranger-case.js"

/** Sets in which something cannot be read: the rest goes on. */
export const badItemCases: readonly StrangerCase[] = []
