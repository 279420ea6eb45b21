import type { StrangerCase } from "./stranger-case.js"

/** Images whose resolution, depth or orientation is not what it seems. */
export const resolutionCases: readonly StrangerCase[] = []
