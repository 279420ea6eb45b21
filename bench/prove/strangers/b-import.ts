import type { StrangerCase } from "./stranger-case.js"

/** Imports onto what people made by hand. */
export const importCases: readonly StrangerCase[] = []
