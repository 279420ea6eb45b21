import { defined } from "./defined.js"

/** The item whose turn it is when a list is gone through over and over. */
export const inTurn = <T>(list: readonly T[], turn: number): T => defined(list[turn % list.length], "turn")
